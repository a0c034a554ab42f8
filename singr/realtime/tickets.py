"""Tickets: how a browser or an app proves on a live connection what it proved over HTTP.

256 random bits, good once and for 30 seconds, sent inside `hello` or `auth` and never in a URL. Redis knows only their
SHA-256.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import Struct

from singr.core import ids, secrets
from singr.infra.redis import Client, reachable
from singr.realtime.messages import View
from singr.realtime.state import NOBODY, Holder, Viewer

LIFETIME_S = 30


class Ticket(Struct, frozen=True):
    """`owners` are the keys of what a singer may see as their own; `expires_at` (Unix seconds, 0 for never) is when
    the session behind the ticket ends, `holder` whose session that is."""

    venue_id: UUID
    view: View
    owners: frozenset[str] = NOBODY
    expires_at: float = 0
    holder: Holder | None = None

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.view, self.owners)


async def issue(redis: Client, ticket: Ticket) -> str:
    """A new ticket's text; raises UpstreamUnavailable without Redis."""
    text = ids.token()
    with reachable():
        await redis.set(_key(text), msgspec.json.encode(ticket), ex=LIFETIME_S)
    return text


async def redeem(redis: Client, text: str) -> Ticket | None:
    """The ticket, once; None when it is unknown, used or too old. Raises UpstreamUnavailable without Redis."""
    with reachable():
        kept = await redis.getdel(_key(text))
    return None if kept is None else msgspec.json.decode(kept, type=Ticket)


def _key(text: str) -> str:
    return f"singr:ticket:{secrets.digest(text)}"
