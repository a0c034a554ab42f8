"""Systems as the console sees them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from singr.core.paging import Limit


class System(Struct, rename="camel"):
    """`id` is OpenKJ's number of the system, the one a venue's `currentSystemId` means; `songs` its book's size.
    `publicId` is what everybody searches it by, at `/v1/public/songs/search?system=`."""

    id: int
    name: str
    songs: int
    public_id: UUID


class SystemList(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None


class SystemName(Struct, rename="camel", forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class MadeSystem(Struct):
    number: int
    public_id: UUID


class TakenAlong(Struct):
    """What goes with a system, of syncs and imports those that have not ended; `venues` are those that sing from it."""

    name: str
    songs: int
    syncs: int
    imports: int
    venues: list[str]


class Confirm(Struct):
    """`?confirm` (or `?confirm=true`): yes, with all it takes along."""

    confirm: Literal["", "true", "1", "false", "0"] = "false"

    @property
    def given(self) -> bool:
        return self.confirm in ("", "true", "1")
