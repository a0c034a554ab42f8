"""What a step means to single singers: whom to tell what. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from singr.realtime.messages import Notice
from singr.realtime.state import NOBODY, VENUE, Item
from singr.realtime.step import Change, Step


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
    yield from _of_places(step, items)


def _of_venue(epoch: str, change: Change, items: Mapping[int | str, Item]) -> Iterator[Told]:
    """To those who have something waiting, once the venue has become so."""
    before, after = change.before, change.after
    if before and after and after.news and after.news != before.news:
        waiting = NOBODY.union(*(item.owners for item in items.values()))
        yield Told(waiting, Notice(epoch, after.news.kind, reason=after.news.reason))


def _of_places(step: Step, items: Mapping[int | str, Item]) -> Iterator[Told]:
    """To those whose place has changed because others came or went."""
    entries = [change for change in step.changes if change.id != VENUE]
    came = {change.id for change in entries if change.after and not change.before}
    gone = {change.id for change in entries if change.before and not change.after}
    if not came and not gone:
        return
    now = _places({*items} - {VENUE})
    before = _places({*now} - came | gone)
    for entry, place in now.items():
        if before.get(entry, place) != place:
            notice = Notice(step.epoch, "upNext" if place == 1 else "position", id=entry, position=place)
            yield Told(items[entry].owners, notice)


def _places(entries: set[int | str]) -> dict[int | str, int]:
    return {entry: place for place, entry in enumerate(sorted(entries), 1)}
