"""What a change means to one singer, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from singr.realtime import notices
from singr.realtime.messages import Notice
from singr.realtime.room import Room
from singr.realtime.state import VENUE, Delta, Faces, Gone, Item, News, Snapshot
from singr.realtime.step import merge

FACE = Faces(b"{}", b"{}", b"{}", b"{}")


def entry(number: int) -> Item:
    return Item(number, FACE, frozenset({f"owner-{number}"}))


def venue(*, closed: bool) -> Item:
    return Item(VENUE, Faces(b"1" if closed else b"0"), news=News("venueClosed") if closed else None)


class Night:
    """A room in which three wait."""

    def __init__(self, *, closed: bool = False) -> None:
        self.room = Room()
        self.items = (venue(closed=closed), *map(entry, (1, 2, 3)))
        self.room.catch_up(Snapshot("e", 0, self.items), self.room.ask())

    def told(self, *changes: tuple[Item | Gone, ...]) -> dict[str, list[dict[str, Any]]]:
        """What everybody is told of these changes, which are gathered into one step."""
        steps = []
        for ops in changes:
            here = self.room.position.version
            steps += self.room.take(Delta("e", here, here + 1, ops))
        return self.heard(steps)

    def heard(self, steps: list[Any]) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for owners, notice in notices.of(merge(steps), self.room.items):
            for owner in owners:
                found.setdefault(owner, []).append(plain(notice))
        return found


def plain(notice: Notice) -> dict[str, Any]:
    given = {"id": notice.id, "position": notice.position, "reason": notice.reason}
    return {"kind": notice.kind} | {name: value for name, value in given.items() if value is not None}


def gone(number: int, news: News | None = None) -> Gone:
    return Gone(number, FACE, frozenset({f"owner-{number}"}), news)


def test_when_one_is_accepted_the_others_move_up() -> None:
    assert Night().told((gone(1, News("accepted")),)) == {
        "owner-1": [{"kind": "accepted", "id": 1}],
        "owner-2": [{"kind": "upNext", "id": 2, "position": 1}],
        "owner-3": [{"kind": "position", "id": 3, "position": 2}],
    }


def test_who_stands_before_what_goes_is_told_nothing() -> None:
    reason = "Too long"
    assert Night().told((gone(3, News("rejected", reason)),)) == {
        "owner-3": [{"kind": "rejected", "id": 3, "reason": reason}]
    }


def test_a_withdrawal_is_no_news_to_who_withdrew() -> None:
    assert Night().told((gone(2),)) == {"owner-3": [{"kind": "position", "id": 3, "position": 2}]}


def test_a_new_entry_is_news_to_nobody_and_one_that_comes_back_moves_others() -> None:
    night = Night()
    assert night.told((entry(4),)) == {}
    night.told((gone(1, News("accepted")),))
    assert night.told((entry(1),)) == {
        f"owner-{number}": [{"kind": "position", "id": number, "position": number}] for number in (2, 3, 4)
    }


@pytest.mark.parametrize("changes", [(), ((entry(2),),)])
def test_a_changed_entry_keeps_its_place(changes: tuple[tuple[Item, ...], ...]) -> None:
    assert Night().told((Item(2, Faces(b"new"), frozenset({"owner-2"})),), *changes) == {}


def test_changes_gathered_into_one_step_are_told_by_their_end() -> None:
    night = Night()
    assert night.told((gone(1, News("accepted")),), (entry(1),)) == {}
    assert night.told((gone(1, News("accepted")), gone(2, News("dealt")))) == {
        "owner-1": [{"kind": "accepted", "id": 1}],
        "owner-2": [{"kind": "dealt", "id": 2}],
        "owner-3": [{"kind": "upNext", "id": 3, "position": 1}],
    }


def test_closing_is_told_once_to_those_who_wait() -> None:
    night = Night()
    closed = {"kind": "venueClosed"}
    assert night.told((venue(closed=True),)) == {f"owner-{n}": [closed] for n in (1, 2, 3)}
    assert night.told((Item(VENUE, Faces(b"renamed"), news=News("venueClosed")),)) == {}
    assert night.told((venue(closed=False),)) == {}
    assert set(night.told((venue(closed=True),))) == {"owner-1", "owner-2", "owner-3"}


def test_what_was_missed_is_told_where_the_state_tells_it() -> None:
    """A room that reads again knows places, but not how what is gone ended."""
    night = Night()
    steps = night.room.catch_up(Snapshot("e", 2, night.items[:1] + night.items[2:]), night.room.ask())
    assert night.heard(steps or []) == {
        "owner-2": [{"kind": "upNext", "id": 2, "position": 1}],
        "owner-3": [{"kind": "position", "id": 3, "position": 2}],
    }
