"""Idempotency of submissions: the same key and body within 24 hours gives the first receipt again."""

from __future__ import annotations

from singr.core.actor import Actor
from singr.core.errors import KeyReused
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import maybe, none
from singr.infra.work import Job
from singr.queue.shapes import Answered, Receipt, SubmittedRequest
from singr.queue.tracking import BY_ID, receipt

ANSWERED = maybe("idempotent_answer", Answered)
EXPIRE = none("idempotency_key_expire")
FORGET = none("idempotency_keys_forget")
FORGET_MAX = 1_000
JANITOR = Actor(kind="job", id="forget_idempotency_keys")


async def receipt_for(call: Call, scope: str, body_hash: str) -> Receipt | None:
    """The receipt first given for this call's key, None for a new key; raises KeyReused for another body."""
    if call.idempotency_key is None:
        return None
    found = await ANSWERED(call.kit.db, scope=scope, key=call.idempotency_key)
    if found is None:
        return None
    if found.fingerprint != body_hash:
        raise KeyReused
    row = await BY_ID(call.kit.db, request_id=found.answer["id"])
    return receipt(call.kit.settings, _as_it_was(row, found.answer)) if row else None


def _as_it_was(row: SubmittedRequest, answer: dict[str, int]) -> SubmittedRequest:
    """The row at the moment of submission."""
    row.status, row.position, row.version = "pending", answer["position"], answer["version"]
    row.seen_at = row.processed_at = row.reject_reason = row.processed_via = None
    return row


async def forget_expired(call: Call, scope: str) -> None:
    """Make room for this call's key, which was used more than 24 hours ago."""
    async with call.kit.db.transaction(call.actor) as tx:
        await EXPIRE(tx, scope=scope, key=call.idempotency_key)


async def forget_old_keys(kit: Kit) -> None:
    """Drop keys whose day is over."""
    forgotten = FORGET_MAX
    while forgotten == FORGET_MAX:
        async with kit.db.transaction(JANITOR) as tx:
            forgotten = await FORGET(tx, max_rows=FORGET_MAX)


JOBS = (Job(JANITOR.id, forget_old_keys, cron="17 * * * *"),)
