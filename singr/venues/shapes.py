"""Venues as the API shows them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from singr.venues.rules import Preset, Privacy, Rules
from singr.venues.slugs import LENGTH_MAX, SLUG

Name = Annotated[str, Meta(min_length=1, max_length=100)]
UrlName = Annotated[str, Meta(pattern=SLUG, max_length=LENGTH_MAX)]
Line = Annotated[str, Meta(max_length=200)]
Website = Annotated[str, Meta(pattern=r"^https?://\S+$", max_length=300)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Message = Annotated[str, Meta(max_length=200)]
SystemNumber = Annotated[int, Meta(ge=1, le=999)]


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
    rules: dict[str, Any]
    waiting: int
    openkj_seen_at: datetime | None
    openkj_connected: bool | None
    time_zone: str


class Stats(Struct, rename="camel"):
    waiting: int


class Today(Struct):
    """Columns of `venues_today`."""

    venue_id: UUID
    requests: int = 0
    processed: int = 0
    rejected: int = 0
    withdrawn: int = 0
    singers: int = 0


class OwnStats(Stats):
    """`waiting` is now; the others count since the night began, at five in the morning by the venue's clock."""

    requests_today: int
    processed_today: int
    rejected_today: int
    withdrawn_today: int
    singers_today: int


class Venue(Struct, rename="camel"):
    """A tenant's own venue. `openkjSeenAt` is when OpenKJ last polled for it; `openkjConnected` is false once it is
    silent for three of its intervals, and null where OpenKJ is not in use tonight."""

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
    rules: Rules
    time_zone: str
    openkj_seen_at: datetime | None
    openkj_connected: bool | None
    stats: OwnStats


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
    queue_privacy: str
    rules: Rules
    rules_in_words: list[str]
    time_zone: str
    openkj_connected: bool | None
    stats: Stats


class VenueId(Struct):
    id: UUID


class TakenAlong(Struct):
    """What goes with a venue."""

    name: str
    waiting: int
    settled: int
    history: int
    favourites: int


class NewVenue(Struct, rename="camel", forbid_unknown_fields=True):
    """Without `urlName` one is made of the name, without `currentSystemId` it is the lowest there is. Latitude and
    longitude come together or not at all. `timeZone` is an IANA name, and the organization's unless given. A preset
    for `rules` also sets the `queuePrivacy` that is not given; without either others see how many wait."""

    name: Name
    url_name: UrlName | None = None
    address: Line = ""
    city: Line = ""
    state: Line = ""
    postal_code: Line = ""
    country: Line | None = None
    phone_number: Line | None = None
    website: Website | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    accepting_requests: bool = True
    current_system_id: SystemNumber | UnsetType = UNSET
    queue_privacy: Privacy | UnsetType = UNSET
    message: Message = ""
    rules: Rules | Preset = "open"
    time_zone: Line | None = None


class VenuePatch(Struct, rename="camel", forbid_unknown_fields=True):
    """Only what is given changes; an empty `message` removes it, as null does with what may be missing.

    `rules` replaces all of them, by a preset's name (and then the `queuePrivacy` that is not given, too) or one by one.
    """

    name: Name | UnsetType = UNSET
    url_name: UrlName | UnsetType = UNSET
    address: Line | UnsetType = UNSET
    city: Line | UnsetType = UNSET
    state: Line | UnsetType = UNSET
    postal_code: Line | UnsetType = UNSET
    country: Line | UnsetType | None = UNSET
    phone_number: Line | UnsetType | None = UNSET
    website: Website | UnsetType | None = UNSET
    latitude: Latitude | UnsetType | None = UNSET
    longitude: Longitude | UnsetType | None = UNSET
    accepting_requests: bool | UnsetType = UNSET
    current_system_id: SystemNumber | UnsetType = UNSET
    queue_privacy: Privacy | UnsetType = UNSET
    message: Message | UnsetType = UNSET
    rules: Rules | Preset | UnsetType = UNSET
    time_zone: Line | UnsetType | None = UNSET


class Confirm(Struct):
    """`?confirm` (or `?confirm=true`): yes, with all it takes along."""

    confirm: Literal["", "true", "1", "false", "0"] = "false"

    @property
    def given(self) -> bool:
        return self.confirm in ("", "true", "1")
