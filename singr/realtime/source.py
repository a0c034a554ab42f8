"""What the stage needs from whoever keeps the queue; composition passes it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from singr.http.call import Call
from singr.realtime.messages import View
from singr.realtime.state import Delta, Item, Position, Snapshot, Viewer


class Source(Protocol):
    """Reads see everything committed before they began (the primary database)."""

    async def find(self, named: str) -> UUID | None:
        """The venue of that urlName or id."""

    async def snapshot(self, venue_id: UUID) -> Snapshot | None:
        """The venue's items and their version, read in one statement; None when there is no such venue."""

    async def versions(self, venue_ids: list[UUID]) -> dict[UUID, Position]:
        """The committed position of each venue that exists."""

    def delta(self, payload: bytes) -> Delta:
        """A hint as published; any exception means that it is not one."""

    def arrange(self, items: Mapping[int | str, Item]) -> Item | None:
        """The venue's item as it is with these items, where it depends on them; None where it is already right."""

    async def admit(self, call: Call, venue_id: UUID, view: View) -> Viewer:
        """Who the caller is to that venue; raises AuthenticationFailed or AuthorizationDenied."""


def channel(venue_id: UUID) -> str:
    """Where hints about a venue are published."""
    return f"singr:venue:{venue_id}"
