"""A delta as a room applied it: what every changed item was and became, encoded once for each view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET, Raw

from singr.realtime import messages
from singr.realtime.frame import Frame
from singr.realtime.messages import View
from singr.realtime.state import NO_FACES, NOBODY, VENUE, Faces, Item, News


class Change(NamedTuple):
    """`last` is how a removed item ended, `owners` whose item that was, `news` what they are told."""

    id: int | str
    before: Item | None
    after: Item | None
    last: Faces = NO_FACES
    owners: frozenset[str] = NOBODY
    news: News | None = None

    @property
    def concerned(self) -> frozenset[str]:
        """Everybody who owned the item before, owns it now, or owned it at its end."""
        before = self.before.owners if self.before else NOBODY
        after = self.after.owners if self.after else NOBODY
        return before | after | self.owners

    def op(self, view: View, owners: frozenset[str]) -> messages.Op | None:
        """What a viewer is told, or None when nothing they can see has changed."""
        before, after = _seen(self.before, view, owners), _seen(self.after, view, owners)
        if after is not None:
            return None if after == before else _upsert(self.id, after)
        last = None if self.after else self.last.seen(view, owned=not owners.isdisjoint(self.concerned))
        if before is None and last is None:
            return None
        return messages.Remove(self.id, UNSET if last is None else Raw(last))


class Step:
    """From version `prev` to `version`."""

    __slots__ = ("_frames", "changes", "epoch", "prev", "version")

    def __init__(self, epoch: str, prev: int, version: int, changes: Sequence[Change]) -> None:
        self.epoch, self.prev, self.version, self.changes = epoch, prev, version, changes
        self._frames: dict[object, Frame] = {}

    @property
    def concerned(self) -> frozenset[str]:
        return NOBODY.union(*(change.concerned for change in self.changes))

    def frame(self, view: View, owners: frozenset[str] = NOBODY) -> Frame:
        """The delta as `view` sees it; with `owners`, as the singers who own part of it do."""
        stake = owners & self.concerned if owners else NOBODY
        frame = self._frames.get((view, stake))
        if frame is None:
            ops = [op for change in self.changes if (op := change.op(view, stake))]
            frame = Frame(messages.Delta(self.epoch, self.prev, self.version, ops))
            self._frames[view, stake] = frame
        return frame


def merge(steps: Sequence[Step]) -> Step:
    """Contiguous steps as one."""
    if len(steps) == 1:
        return steps[0]
    changes: dict[int | str, Change] = {}
    for change in (change for step in steps for change in step.changes):
        earlier = changes.get(change.id, change)
        changes[change.id] = change._replace(before=earlier.before, owners=earlier.owners | change.owners)
    return Step(steps[0].epoch, steps[0].prev, steps[-1].version, tuple(changes.values()))


def _seen(item: Item | None, view: View, owners: frozenset[str]) -> bytes | None:
    if item is None:
        return None
    return item.faces.seen(view, owned=not owners.isdisjoint(item.owners))


def _upsert(item_id: int | str, face: bytes) -> messages.Op:
    return messages.Venue(Raw(face)) if item_id == VENUE else messages.Upsert(item_id, Raw(face))
