"""Venues as the API shows them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Privacy = Literal["hidden", "anonymous", "first_names"]


class VenueRow(Struct):
    """Columns of `venue_*` statements that show one venue."""

    id: UUID
    tenant: UUID
    openkj_venue_id: int
    url_name: str
    name: str
    address: str
    city: str
    state: str
    postal_code: str
    country: str | None
    phone_number: str | None
    website: str | None
    latitude: float | None
    longitude: float | None
    accepting_requests: bool
    current_system_id: int
    queue_privacy: str
    message: str | None
    waiting: int
    openkj_seen_at: datetime | None


class Stats(Struct, rename="camel"):
    waiting: int


class Venue(Struct, rename="camel"):
    """A tenant's own venue. `openkjSeenAt` is when OpenKJ last polled for it."""

    id: UUID
    openkj_venue_id: int
    url_name: str
    name: str
    address: str
    city: str
    state: str
    postal_code: str
    country: str | None
    phone_number: str | None
    website: str | None
    latitude: float | None
    longitude: float | None
    accepting_requests: bool
    current_system_id: int
    queue_privacy: str
    message: str | None
    openkj_seen_at: datetime | None
    stats: Stats


class PublicVenue(Struct, rename="camel"):
    """What anybody may know of a venue."""

    url_name: str
    name: str
    address: str
    city: str
    state: str
    postal_code: str
    country: str | None
    phone_number: str | None
    website: str | None
    latitude: float | None
    longitude: float | None
    accepting_requests: bool
    message: str | None
    openkj_seen_at: datetime | None
    stats: Stats


class LiveVenue(Struct, rename="camel"):
    """The venue as watchers see it."""

    url_name: str
    name: str
    accepting_requests: bool
    message: str | None


class VenueOp(Struct, tag_field="op", tag="venue", rename="camel"):
    """The live operation that says how the venue is now."""

    venue: LiveVenue


class ChangedVenue(Struct):
    """A change watchers see: the venue after it, and its place in the venue's stream."""

    url_name: str
    name: str
    accepting_requests: bool
    message: str | None
    epoch: str
    version: int


class VenuePatch(Struct, rename="camel", forbid_unknown_fields=True):
    """Only what is given changes; an empty `message` removes it."""

    accepting_requests: bool | UnsetType = UNSET
    queue_privacy: Privacy | UnsetType = UNSET
    message: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
