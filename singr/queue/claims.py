"""What somebody asked for as a guest becomes theirs when they sign in on the same phone."""

from __future__ import annotations

from singr.http.call import Call
from singr.infra.sql import many
from singr.queue import live
from singr.queue.shapes import ChangedRequest

CLAIM = many("requests_claimed", ChangedRequest)
CLAIMED_MAX = 500


async def claim(call: Call) -> None:
    """Make this phone's requests the caller's own; their watchers see them so. Doing so twice is fine."""
    given = {"by_user": call.actor.user_id, "device_id": call.device, "max_rows": CLAIMED_MAX}
    live.tell(call.kit, await CLAIM(call.kit.db, **call.audit, **given))
