"""`Idempotency-Key`: the same key and call within 24 hours gives the first answer again, and does nothing.

The key is claimed, the call answered and the answer stored in one transaction: a process that dies on the way leaves
none of the three, and a second call that comes meanwhile waits for the first. Problems are not kept: they changed
nothing, so the same key may try again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

import asyncpg
from msgspec import Struct
from msgspec.structs import replace

from singr.core.actor import Actor
from singr.core.errors import Conflict, KeyReused, UpstreamUnavailable
from singr.core.sealing import Seal
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import maybe, none, value
from singr.infra.whole import whole
from singr.infra.work import Job


class Remembered(Struct):
    fingerprint: str
    sealed: bytes


CLAIM = value("call_claimed", bool)
REMEMBER = none("call_remembered")
REMEMBERED = maybe("call_answered", Remembered)
FORGET = none("call_replays_forget")
FORGET_MAX = 1_000
JANITOR = Actor(kind="job", id="forget_replays")


class StillAnswering(Conflict):
    title = "The first call with this Idempotency-Key is still being answered"


async def once(call: Call, route: str, asked: bytes, answer: Callable[[Call], Awaitable[bytes]]) -> tuple[bytes, bool]:
    """The answer to `asked` under this call's key, and whether it is an earlier one.

    Raises KeyReused where the key came with something else, StillAnswering after 5 s of waiting for the first call.
    """
    context = call.actor.context
    scope = f"{route}:{context.id if context else ''}:{call.actor}"
    named = {"scope": scope, "key": call.idempotency_key}
    fingerprint = hashlib.sha256(asked).hexdigest()
    # An answer may hold a secret that is shown once.
    seal = Seal(call.kit.settings.auth_secret, "replay")
    async with whole(call.kit, call.actor) as kit:
        if await _claimed(kit, named, fingerprint):
            body = await answer(replace(call, kit=kit))
            await REMEMBER(kit.db, **named, sealed=seal.close(body))
            return body, False
        found = await REMEMBERED(kit.db, **named)
    if found is None or found.fingerprint != fingerprint:
        raise KeyReused
    earlier = seal.open(found.sealed)
    if earlier is None:
        raise Conflict("the first answer cannot be read any more")
    return earlier, True


async def _claimed(kit: Kit, named: dict[str, str | None], fingerprint: str) -> bool:
    try:
        return await CLAIM(kit.db, **named, fingerprint=fingerprint)
    except UpstreamUnavailable as exc:
        if isinstance(exc.__cause__, asyncpg.LockNotAvailableError):
            raise StillAnswering(retry_after_s=1) from exc
        raise


async def forget_replays(kit: Kit) -> None:
    """Drop answers whose day is over."""
    forgotten = FORGET_MAX
    while forgotten == FORGET_MAX:
        async with kit.db.transaction(JANITOR) as tx:
            forgotten = await FORGET(tx, max_rows=FORGET_MAX)


JOBS = (Job(JANITOR.id, forget_replays, cron="17 * * * *"),)
