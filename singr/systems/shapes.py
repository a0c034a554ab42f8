"""Systems as the console sees them."""

from __future__ import annotations

from msgspec import Struct

from singr.core.paging import Limit


class System(Struct, rename="camel"):
    """`id` is OpenKJ's number of the system, the one a venue's `currentSystemId` means; `songs` its book's size."""

    id: int
    name: str
    songs: int


class SystemList(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None
