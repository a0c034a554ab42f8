"""Whoever holds the mailbox owns the account.

Until its address is confirmed, anybody may have set an account up, to wait in it for the address' owner. So the owner's
first way in by a link (to sign in, to choose a password, to join an organization) ends what was there before.
"""

from __future__ import annotations

from uuid import UUID

from singr.identity import epochs, factors, links
from singr.infra.postgres import Transaction
from singr.infra.sql import none

CLAIM = none("account_claim")


async def claim(tx: Transaction, user_id: UUID) -> int | None:
    """Confirm the address of an account by a link sent there, which ends its password, second factor, sessions and
    older links. The new epoch, to be told after the commit; None where it was confirmed before and nothing ends."""
    if not await CLAIM(tx, user_id=user_id):
        return None
    await factors.REMOVE(tx, user_id=user_id)
    await links.END(tx, user_id=str(user_id))
    return await epochs.END_SESSIONS(tx, user_id=user_id)
