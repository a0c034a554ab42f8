"""One venue's room, without I/O or a clock: what came in, what is true now, and who must be told what.

The room knows its venue's items at one version. Deltas may arrive in any order, twice or never: contiguous ones are
applied and become steps, early ones wait, and whatever cannot be explained leaves the room `lacking` until it catches
up with a snapshot. A gap healed that way is a step like any other, found by comparing the known items with the
snapshot's, so what is shown at version v is always what the database held at v.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from singr.realtime.state import VENUE, Delta, Gone, Item, Position, Snapshot
from singr.realtime.step import Change, Step

RING = 64
EARLY_MAX = 64
UNKNOWN = Position("", -1)

Arrange = Callable[[Mapping[int | str, Item]], Item | None]


def as_it_is(_items: Mapping[int | str, Item]) -> None:
    """Nothing of the venue depends on its entries."""


class Asked(NamedTuple):
    """What a room knew, and had heard of, when it began to read a snapshot."""

    position: Position
    newest: int


class Room:
    """`position` is what the room knows; before the first snapshot it is UNKNOWN and deltas wait. `arrange` gives the
    venue's item anew where it depends on the others."""

    def __init__(self, arrange: Arrange = as_it_is) -> None:
        self.position = UNKNOWN
        self._arrange = arrange
        self.items: dict[int | str, Item] = {}
        self.ring: deque[Step] = deque(maxlen=RING)
        self._early: dict[int, Delta] = {}
        self._newest = UNKNOWN.version
        self._doubtful = True
        self._untold = UNKNOWN.version

    @property
    def lacking(self) -> bool:
        """Have we heard of something that we do not know?"""
        return self._doubtful or self._newest > self.position.version

    def doubt(self) -> None:
        """Something was said that could not be understood; only a snapshot helps."""
        self._doubtful = True

    def expect(self, position: Position) -> None:
        """Somebody knows of `position`."""
        if position.epoch == self.position.epoch:
            self._newest = max(self._newest, position.version)
        else:
            self._doubtful = True

    def take(self, delta: Delta) -> list[Step]:
        """The steps this delta makes possible: none when it is early, old, or of an epoch we do not know."""
        known = self.position
        if known == UNKNOWN:
            self._doubtful |= delta.ops is None
        else:
            self.expect(Position(delta.epoch, delta.version))
            if delta.epoch != known.epoch:
                return []
        if delta.ops is None:
            self._leave_untold(delta.version)
        if delta.ops is None or delta.version <= known.version or known.version < self._untold <= delta.prev:
            return []
        self._early[delta.prev] = delta
        steps = self._advance()
        if len(self._early) > EARLY_MAX:
            del self._early[max(self._early)]
        return steps

    def _leave_untold(self, version: int) -> None:
        """A change came without operations. What follows it was told in terms of what we do not know yet."""
        self._untold = max(self._untold, version)
        self._early = {prev: early for prev, early in self._early.items() if prev < version}

    def ask(self) -> Asked:
        """A snapshot is about to be read. Doubts that come up from now on outlast it."""
        self._doubtful = False
        return Asked(self.position, self._newest)

    def catch_up(self, snapshot: Snapshot, asked: Asked) -> list[Step] | None:
        """Become what `snapshot` says. Returns the steps to tell, or None when members must start over.

        They must with another epoch, with a database that went back (restored from a backup), and with one that
        holds something else at our own version.
        """
        if self._newest == asked.newest:
            self._newest = snapshot.version
        known, now = self.position, Position(snapshot.epoch, snapshot.version)
        if now.epoch == known.epoch and asked.position.version <= now.version < known.version:
            self._newest = max(self._newest, known.version)
            return []
        items = self._arranged({item.id: item for item in snapshot.items})
        changes = self._changes_to(items)
        self.items = items
        if now.epoch != known.epoch or now.version < known.version or (now == known and changes):
            self._start_over(now)
            return None
        healed = [] if now == known else [self._moved(now.version, changes)]
        return healed + self._advance()

    def _start_over(self, now: Position) -> None:
        self.position, self._untold = now, UNKNOWN.version
        self.ring.clear()
        self._early = {prev: early for prev, early in self._early.items() if early.epoch == now.epoch}
        self._newest = max([now.version, *(early.version for early in self._early.values())])
        self._advance()

    def _advance(self) -> list[Step]:
        """Apply what has waited and now fits."""
        steps = []
        while delta := self._early.pop(self.position.version, None):
            changes = [self._change(op) for op in delta.ops or ()]
            steps.append(self._moved(delta.version, self._rearranged(changes)))
        if self._early:
            version = self.position.version
            self._early = {prev: early for prev, early in self._early.items() if early.version > version}
        return steps

    def _moved(self, version: int, changes: list[Change]) -> Step:
        step = Step(self.position.epoch, self.position.version, version, tuple(changes))
        self.position = Position(self.position.epoch, version)
        self.ring.append(step)
        return step

    def _change(self, op: Item | Gone) -> Change:
        before = self.items.get(op.id)
        if isinstance(op, Item):
            self.items[op.id] = op
            return Change(op.id, before, op)
        self.items.pop(op.id, None)
        return Change(op.id, before, None, op.last, op.owners, op.news)

    def _arranged(self, items: dict[int | str, Item]) -> dict[int | str, Item]:
        venue = self._arrange(items)
        return items if venue is None else items | {VENUE: venue}

    def _rearranged(self, changes: list[Change]) -> list[Change]:
        """The changes, and what they have made of the venue's item."""
        venue = self._arrange(self.items)
        if venue is None or venue == self.items[VENUE]:
            return changes
        of_venue = next((change for change in changes if change.id == VENUE), None)
        before = of_venue.before if of_venue else self.items[VENUE]
        self.items[VENUE] = venue
        return [change for change in changes if change is not of_venue] + [Change(VENUE, before, venue)]

    def _changes_to(self, now: dict[int | str, Item]) -> list[Change]:
        """What tells our items from those."""
        gone = [Change(was.id, was, None) for was in self.items.values() if was.id not in now]
        return gone + [
            Change(item.id, self.items.get(item.id), item) for item in now.values() if self.items.get(item.id) != item
        ]
