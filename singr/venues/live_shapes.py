"""Venues as their watchers see them, and where their streams stand."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from singr.venues.rules import Privacy, Rules

# Off: the order is OpenKJ's, or the KJ's own; what `queue.rotation` makes of the others is told to everybody.
Rotation = Literal["off", "arrival", "first_timers", "fewest"]


class LiveVenue(Struct, rename="camel"):
    """The venue as watchers see it. `timeZone` (an IANA name) is the one its times are to be read in."""

    url_name: str
    name: str
    accepting_requests: bool
    message: str | None
    openkj_connected: bool | None
    rules: Rules
    time_zone: str
    queue_privacy: Privacy


class RotatingVenue(LiveVenue):
    """The venue as its room knows it: `rotation` decides in which order singers come up, `next_up` is the request that
    comes next for sure."""

    rotation: Rotation
    next_up: int | None


class VenueOp(Struct, tag_field="op", tag="venue", rename="camel"):
    """How the venue is now, as it is hinted to rooms."""

    venue: RotatingVenue


class ChangedVenue(Struct):
    """A change watchers see: the venue after it, and its place in the venue's stream."""

    url_name: str
    name: str
    accepting_requests: bool
    message: str | None
    openkj_connected: bool | None
    rules: dict[str, Any]
    time_zone: str
    queue_privacy: Privacy
    rotation: Rotation
    next_up: int | None
    epoch: str
    version: int


class StreamEnd(Struct):
    """Where a removed venue's stream stood."""

    epoch: str
    version: int
