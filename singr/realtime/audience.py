"""Who watches a room, and which frame each of them gets. No I/O.

Members with the same view share one frame. Only singers whose own requests are touched get another, and an index by
owner finds them, so a delta costs one write a member and one encoding for each view and each owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from msgspec import Raw

from singr.realtime import messages, notices
from singr.realtime.frame import Frame
from singr.realtime.messages import VIEWS, View
from singr.realtime.room import Room
from singr.realtime.state import NOBODY, VENUE, Position, Viewer
from singr.realtime.step import Step, merge


class Member(Protocol):
    @property
    def viewer(self) -> Viewer: ...


M = TypeVar("M", bound=Member)


class Audience(Generic[M]):
    """The members of one room. What many of them get is kept until the room moves."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._members: dict[View, set[M]] = {view: set() for view in VIEWS}
        self._by_owner: dict[str, set[M]] = {}
        self._encoded_at: Position | None = None
        self._snapshots: dict[View, Frame] = {}
        self._missed: dict[int, Step] = {}
        self._beats: dict[bool, Frame] = {}
        self._owners: frozenset[str] = NOBODY

    def __len__(self) -> int:
        return sum(map(len, self._members.values()))

    def __iter__(self) -> Iterator[M]:
        for members in self._members.values():
            yield from members

    def count(self, view: View) -> int:
        return len(self._members[view])

    def join(self, member: M) -> None:
        self._members[member.viewer.view].add(member)
        for owner in member.viewer.owners:
            self._by_owner.setdefault(owner, set()).add(member)

    def leave(self, member: M) -> None:
        self._members[member.viewer.view].discard(member)
        for owner in member.viewer.owners:
            others = self._by_owner.get(owner, set())
            others.discard(member)
            if not others:
                self._by_owner.pop(owner, None)

    def deliveries(self, step: Step) -> Iterator[tuple[M, Frame]]:
        """Every member with the frame that tells it of `step`."""
        owning = self._owning(step)
        for view, members in self._members.items():
            if members:
                frame = step.frame(view)
                for member in members - owning if owning else members:
                    yield member, frame
        for member in owning:
            yield member, step.frame(member.viewer.view, member.viewer.owners)

    def notices(self, step: Step) -> Iterator[tuple[M, Frame]]:
        """Every member whom `step`, the last one of the room, brings news, with the frame that tells it."""
        if not self._by_owner:
            return
        for owners, notice in notices.of(step, self._room.items):
            if members := self._those(owners):
                frame = Frame(notice)
                for member in members:
                    yield member, frame

    def _owning(self, step: Step) -> set[M]:
        return self._those(step.concerned) if self._by_owner else set()

    def _those(self, owners: frozenset[str]) -> set[M]:
        return {member for owner in owners for member in self._by_owner.get(owner, ())}

    def missed(self, viewer: Viewer, since: Position | None) -> list[Frame]:
        """What brings a viewer who is at `since` up to now: nothing, one delta, or the snapshot."""
        here = self._room.position
        if since == here:
            return []
        if since is None or since.epoch != here.epoch:
            return [self.snapshot(viewer)]
        self._freshen()
        step = self._missed.get(since.version)
        if step is None:
            steps = [step for step in self._room.ring if step.prev >= since.version]
            if not steps or steps[0].prev != since.version:
                return [self.snapshot(viewer)]
            step = self._missed[since.version] = merge(steps)
        return [step.frame(viewer.view, viewer.owners)]

    def snapshot(self, viewer: Viewer) -> Frame:
        """Everything, as `viewer` sees it now."""
        self._freshen()
        if not viewer.owners.isdisjoint(self._owners):
            return self._encode(viewer)
        frame = self._snapshots.get(viewer.view)
        if frame is None:
            frame = self._snapshots[viewer.view] = self._encode(viewer)
        return frame

    def heartbeat(self, *, stale: bool) -> Frame:
        self._freshen()
        if stale not in self._beats:
            self._beats[stale] = Frame(messages.Heartbeat(*self._room.position, stale))
        return self._beats[stale]

    def _freshen(self) -> None:
        """Forget what was encoded for an earlier position."""
        if self._encoded_at != self._room.position:
            self._encoded_at = self._room.position
            self._owners = NOBODY.union(*(item.owners for item in self._room.items.values()))
            self._snapshots, self._missed, self._beats = {}, {}, {}

    def _encode(self, viewer: Viewer) -> Frame:
        faces = {
            item.id: Raw(face)
            for item in self._room.items.values()
            if (face := item.faces.seen(viewer.view, owned=not viewer.owners.isdisjoint(item.owners))) is not None
        }
        venue = faces.pop(VENUE, Raw(b"null"))
        return Frame(messages.Snapshot(*self._room.position, venue, list(faces.values())))
