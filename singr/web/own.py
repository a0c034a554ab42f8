"""What this phone has asked for at a venue, and how each of its requests stands in words."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from singr.core.settings import Settings
from singr.http.call import Call
from singr.infra.sql import many
from singr.queue import tracking
from singr.queue.shapes import SubmittedRequest
from singr.venues.shapes import VenueRow
from singr.web.words import Words, say

SHOWN_MAX = 20


class OwnRequest(SubmittedRequest):
    """`takes_turns` where its place among the waiting does not tell when its singer comes up."""

    takes_turns: bool


class Standing(Struct, frozen=True):
    """`tone` picks the colour: waiting, good or bad. `text` says the same in words."""

    tone: str
    text: str


OF_DEVICE = many("requests_of_device", OwnRequest)


async def requests(call: Call, venue: VenueRow) -> list[OwnRequest]:
    """The newest first; none for somebody without a device."""
    if call.device is None:
        return []
    return await OF_DEVICE(call.kit.db, venue_id=venue.id, device_id=call.device, max_rows=SHOWN_MAX)


def standing(words: Words, row: OwnRequest) -> Standing:
    """How a request stands. OpenKJ does not tell acceptance from rejection, so neither do we then."""
    if row.status == "pending":
        has = say(words, "seen" if row.seen_at else "has_request")
        if row.takes_turns:
            return Standing("waiting", has)
        place = say(words, "before", n=row.position - 1) if row.position > 1 else say(words, "first")
        return Standing("waiting", f"{has} {place}")
    if row.status == "rejected":
        reason = row.reject_reason
        text = say(words, "rejected_because", reason=reason) if reason else say(words, "rejected")
        return Standing("bad", text)
    return Standing("good", say(words, "accepted" if row.processed_via == "console" else "dealt"))


def as_json(row: OwnRequest) -> str:
    """The request as the API shows it, for the page's script."""
    return msgspec.json.encode(tracking.shown(row)).decode()


def token(settings: Settings, row: OwnRequest) -> str:
    """What withdraws it."""
    return tracking.token(settings, row.id)
