"""Who may watch a venue, and as what: everybody its screen, singers with what is theirs, hosts by permission."""

from __future__ import annotations

from uuid import UUID

from singr.core.errors import NotFound
from singr.core.permissions import Permission
from singr.http import guard
from singr.http.call import Call
from singr.infra.sql import value
from singr.realtime.messages import View
from singr.realtime.state import DISPLAY, Viewer

IS_VENUE = value("venue_is_tenants", bool)

READS_REQUESTS = guard.holds(Permission.REQUESTS_READ)


async def viewer(call: Call, venue_id: UUID, view: View, *own: str) -> Viewer:
    """The caller as a watcher of `view`; `own` are further keys of what is the caller's.

    Raises AuthenticationFailed, AuthorizationDenied, and NotFound for a host of another organization.
    """
    if view == "display":
        return DISPLAY
    if view == "singer":
        return Viewer("singer", frozenset({*_keys(call), *own}))
    if refusal := guard.refusal(call.actor, READS_REQUESTS):
        raise refusal
    if not await IS_VENUE(call.kit.db, tenant=call.tenant, venue_id=venue_id):
        raise NotFound("no such venue")
    return Viewer("host")


def _keys(call: Call) -> set[str]:
    keys = {f"device:{call.device}"} if call.device else set()
    return keys | {f"user:{call.actor.user_id}"} if call.actor.user_id else keys
