"""The fields commands carry beside `command` and `api_key`, named as the programs name them, and shared rows."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from singr.openkj.keys import Key

# OpenKJ's toInt(): whatever is no integral number of 32 bits becomes 0.
Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]


# OpenKJ stores 0 after a single bad getEntitledSystemCount, and its operator sees nothing of it.
FIRST_SYSTEM = 1


class AboutAlert(Struct):
    app: Any = None


class Venues(Struct):
    """All of a tenant's venues: JSON objects with commas between them."""

    count: int
    venues: str


class Bare(Struct):
    """Nothing besides command and key."""


class AboutVenue(Struct):
    venue_id: Int32


class SetAccepting(AboutVenue):
    accepting: bool
    system_id: Int32 | None = None

    def __post_init__(self) -> None:
        if self.system_id is not None:
            self.system_id = max(self.system_id, FIRST_SYSTEM)


class DeleteRequest(Struct):
    request_id: Int32
    venue_id: Int32 | None = None


class AboutSystem(Struct):
    """Programs older than systems name none."""

    system_id: Int32 = FIRST_SYSTEM

    def __post_init__(self) -> None:
        self.system_id = max(self.system_id, FIRST_SYSTEM)


class AddSongs(AboutSystem, kw_only=True):
    songs: list[Any]


class WhichVenue(Struct):
    venue_id: Int32 | None = None
    venueUrlName: str | None = None  # noqa: N815


class Search(WhichVenue):
    searchString: str = ""  # noqa: N815


class SubmitRequest(WhichVenue, kw_only=True):
    songId: int  # noqa: N815
    singerName: str  # noqa: N815
    keyChange: int = 0  # noqa: N815


class Collected(Key):
    """A key with one venue's waiting requests: JSON objects with commas between them, and the newest unseen's id."""

    venue_id: UUID | None
    unseen_up_to: int | None
    requests: str


class VenueOfKey(Struct):
    id: UUID
    number: int
    url_name: str
    accepting: bool
    system: int
