"""What a step means to single singers: whom to tell what. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from singr.realtime.messages import Notice
from singr.realtime.state import NO_FACES, NOBODY, VENUE, Item
from singr.realtime.step import Change, Step

# Farther ahead the order changes too often to be promised.
SOON = 5


class Told(NamedTuple):
    """A notice, and the keys of those it is for."""

    owners: frozenset[str]
    notice: Notice


def of(step: Step, items: Mapping[int | str, Item]) -> Iterator[Told]:
    """The notices of `step`, after which a room holds `items`."""
    for change in step.changes:
        if change.id == VENUE:
            yield from _of_venue(step.epoch, change, items)
        elif change.after is None and change.news:
            news = change.news
            yield Told(change.concerned, Notice(step.epoch, news.kind, id=change.id, reason=news.reason))
    venue = items.get(VENUE)
    if venue and venue.order is not None:
        yield from _of_order(step, venue.order, items)
    else:
        yield from _of_places(step, items)


def _of_venue(epoch: str, change: Change, items: Mapping[int | str, Item]) -> Iterator[Told]:
    """To those who have something waiting, once the venue has become so."""
    before, after = change.before, change.after
    if before and after and after.news and after.news != before.news:
        waiting = NOBODY.union(*(item.owners for item in items.values()))
        yield Told(waiting, Notice(epoch, after.news.kind, reason=after.news.reason))


def _of_order(step: Step, order: tuple[int | str, ...], items: Mapping[int | str, Item]) -> Iterator[Told]:
    """To those who come up soon, and sooner or later than they thought."""
    before = next((change.before.order for change in step.changes if change.id == VENUE and change.before), None)
    if before is None:
        return
    was = {entry: place for place, entry in enumerate(before, 1)}
    for place, entry in enumerate(order[:SOON], 1):
        if was.get(entry) != place and (place == 1 or entry in was):
            yield _placed(step, items[entry], place)


def _placed(step: Step, item: Item, place: int) -> Told:
    return Told(item.owners, Notice(step.epoch, "upNext" if place == 1 else "position", id=item.id, position=place))


def _of_places(step: Step, items: Mapping[int | str, Item]) -> Iterator[Told]:
    """To those whose place has changed because others came or went."""
    entries = [change for change in step.changes if _is_entry(change.after or change.before)]
    came = {change.id for change in entries if change.after and not change.before}
    gone = {change.id for change in entries if change.before and not change.after}
    if not came and not gone:
        return
    now = _places({item.id for item in items.values() if _is_entry(item)})
    before = _places({*now} - came | gone)
    for entry, place in now.items():
        if before.get(entry, place) != place:
            yield _placed(step, items[entry], place)


def _is_entry(item: Item | None) -> bool:
    return item is not None and item.id != VENUE and item.faces != NO_FACES


def _places(entries: set[int | str]) -> dict[int | str, int]:
    return {entry: place for place, entry in enumerate(sorted(entries), 1)}
