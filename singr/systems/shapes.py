"""Systems as the console sees them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from singr.core.paging import Limit


class System(Struct, rename="camel"):
    """`id` is OpenKJ's number of the system, the one a venue's `currentSystemId` means; `songs` its book's size."""

    id: int
    name: str
    songs: int


class SystemList(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None


class SystemName(Struct, rename="camel", forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class MadeSystem(Struct):
    number: int


class TakenAlong(Struct):
    """What goes with a system; `venues` are those that sing from it."""

    name: str
    songs: int
    venues: list[str]


class Confirm(Struct):
    """`?confirm` (or `?confirm=true`): yes, with all it takes along."""

    confirm: Literal["", "true", "1", "false", "0"] = "false"

    @property
    def given(self) -> bool:
        return self.confirm in ("", "true", "1")
