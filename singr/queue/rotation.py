"""In which order singers come up, decided from what waits and from how often each has sung tonight. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from singr.venues.live_shapes import Rotation


class Waiting(NamedTuple):
    """A request that waits; ids grow with the time of asking. `singer` is the same for all requests of one singer."""

    id: int
    singer: str


class Turn(NamedTuple):
    """`number` counts the singer's songs of tonight: the one sung first is 1."""

    id: int
    number: int


Key = Callable[[Turn], tuple[int, int]]

KEYS: dict[Rotation, Key] = {
    "arrival": lambda turn: (0, turn.id),
    "first_timers": lambda turn: (turn.number > 1, turn.id),
    "fewest": lambda turn: (turn.number, turn.id),
}


def order(
    rotation: Rotation, waiting: Sequence[Waiting], sung: Mapping[str, int], next_up: int | None = None
) -> list[Turn]:
    """What waits, the next to sing first. Empty for a rotation that is off.

    `sung` are tonight's songs of each singer; a request that waits counts for those that its singer asked for later.
    `next_up` comes before all others as long as it waits.
    """
    key = KEYS.get(rotation)
    if key is None:
        return []
    return sorted(turns(waiting, sung), key=lambda turn: (turn.id != next_up, *key(turn)))


def turns(waiting: Iterable[Waiting], sung: Mapping[str, int]) -> list[Turn]:
    """The number of each request among the songs of its singer, in the order they came."""
    counted = Counter(sung)
    found = []
    for request in sorted(waiting):
        counted[request.singer] += 1
        found.append(Turn(request.id, counted[request.singer]))
    return found
