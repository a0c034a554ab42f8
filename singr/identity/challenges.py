"""Between password and code: a challenge, good for five minutes and one session."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import Struct

from singr.core import ids
from singr.core.errors import AuthenticationFailed
from singr.core.secrets import digest
from singr.http.call import Call
from singr.identity import people, phones
from singr.identity.factors import IS_ON
from singr.identity.forms import Code, OneUse, Told
from singr.identity.people import Person
from singr.infra.redis import reachable

LIFETIME_S = 300


class Challenge(Struct, rename="camel"):
    """Instead of a session: show a code to `/v1/auth/2fa/challenge`."""

    two_factor_token: str
    methods: list[str]
    requires_two_factor: bool = True


class AskForText(Struct, rename="camel", forbid_unknown_fields=True):
    two_factor_token: OneUse


class Answer(Struct, rename="camel", forbid_unknown_fields=True):
    two_factor_token: str
    code: Code
    cookie: bool = False


class Waiting(Struct):
    """Who is asked for a code, and the generation in which they showed the rest."""

    user_id: UUID
    generation: int


async def needed(call: Call, person: Person) -> Challenge | None:
    """The challenge for a person with a second factor, None for others; raises UpstreamUnavailable without Redis."""
    if not await IS_ON(call.kit.db, user_id=person.id):
        return None
    token = ids.token()
    with reachable():
        waiting = msgspec.json.encode(Waiting(person.id, person.row.generation))
        await call.kit.redis.set(_key(token), waiting, ex=LIFETIME_S)
    by_text = ["sms"] if await phones.number_of(call, person.id) else []
    return Challenge(token, ["totp", "recovery_code", *by_text])


async def send_text(call: Call, *, body: AskForText) -> Told:
    """Send a code by text message to whoever was asked for one; it ends the one before."""
    person = await whose(call, body.two_factor_token)
    return await phones.send_code(call, person.id, body.two_factor_token)


async def whose(call: Call, token: str) -> Person:
    """Whom a challenge was given to, while nothing has signed them out; raises AuthenticationFailed."""
    with reachable():
        kept: bytes | None = await call.kit.redis.get(_key(token))  # type: ignore[assignment]
    if kept is None:
        raise AuthenticationFailed("sign in again")
    waiting = msgspec.json.decode(kept, type=Waiting)
    return await people.load(call.kit.db, waiting.user_id, None, generation=waiting.generation)


async def spend(call: Call, token: str) -> None:
    """Take the challenge away; raises AuthenticationFailed when somebody was quicker."""
    with reachable():
        taken = await call.kit.redis.delete(_key(token))
    if not taken:
        raise AuthenticationFailed("sign in again")


def _key(token: str) -> str:
    return f"challenge:{digest(token)}"
