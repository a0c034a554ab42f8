"""The pure room: whatever arrives in whatever order, it only ever knows what the database held."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from singr.realtime.room import EARLY_MAX, RING, Room
from singr.realtime.state import VENUE, Delta, Faces, Item, Position, Snapshot
from singr.realtime.step import Step
from tests.realtime.world import World, venue


def loaded(world: World) -> Room:
    """A room that has just read the database."""
    room = Room()
    assert room.catch_up(world.read(), room.ask()) is None
    return room


def holds(room: Room, world: World) -> bool:
    snapshot = world.read()
    return room.position == world.position and room.items == {item.id: item for item in snapshot.items}


def spans(steps: list[Step] | None) -> list[tuple[int, int]]:
    assert steps is not None
    return [(step.prev, step.version) for step in steps]


def some_changes(world: World, count: int) -> list[Delta]:
    makers = [
        lambda n: world.put(f"r{n % 5}", f"song {n}", owner=f"o{n % 3}", shy=n % 4 == 0),
        lambda n: world.drop(f"r{n % 5}"),
        lambda n: world.rename(f"Bar {n}"),
    ]
    return [world.delta(makers[n % 3](n)) for n in range(count)]


@pytest.mark.parametrize("seed", range(50))
def test_deltas_in_any_order_and_twice_are_applied_once_and_in_order(seed: int) -> None:
    world = World()
    room = loaded(world)
    deltas = some_changes(world, 20) * 2
    random.Random(seed).shuffle(deltas)
    told = [span for delta in deltas for span in spans(room.take(delta))]
    assert told == [(n, n + 1) for n in range(20)]
    assert holds(room, world)
    assert not room.lacking


def counting(items: Mapping[int | str, Item]) -> Item:
    """The venue, showing how many entries there are."""
    face = str(len(items) - 1).encode()
    return Item(VENUE, Faces(face, face, face, face))


def test_what_is_made_of_the_entries_is_told_in_the_same_step_and_only_when_it_changed() -> None:
    world, room = World(), Room(counting)
    room.catch_up(world.read(), room.ask())
    (step,) = room.take(world.delta(world.put("r1", "song", owner="o")))
    assert [change.id for change in step.changes].count(VENUE) == 1
    assert room.items == {item.id: item for item in world.read().items} | {VENUE: counting(room.items)}
    (step,) = room.take(world.delta(world.put("r1", "another", owner="o")))
    assert VENUE not in [change.id for change in step.changes]
    (step,) = room.take(world.delta(world.rename("Other")))
    (change,) = step.changes
    assert (change.before, change.after) == (counting(room.items), counting(room.items))
    world.drop("r1")
    healed = room.catch_up(world.read(), room.ask())
    assert healed is not None
    assert [VENUE in [change.id for change in step.changes] for step in healed] == [True]


def test_deltas_heard_before_the_first_snapshot_are_not_lost() -> None:
    world, room = World(), Room()
    first, second, third = some_changes(world, 3)
    asked = room.ask()
    snapshot = Snapshot(world.epoch, 1, (venue("The Anchor"), *_read_at(world, 1).items[1:]))
    room.take(third)
    room.take(second)
    room.take(first)
    room.catch_up(snapshot, asked)
    assert room.position == world.position
    assert not room.lacking


def test_a_hole_leaves_the_room_lacking_until_the_late_delta_comes() -> None:
    world = World()
    room = loaded(world)
    first, second = some_changes(world, 2)
    assert room.take(second) == []
    assert room.lacking
    assert spans(room.take(first)) == [(0, 1), (1, 2)]
    assert not room.lacking


def test_a_gap_is_healed_as_one_step_from_what_was_known() -> None:
    world = World()
    room = loaded(world)
    deltas = some_changes(world, 9)
    room.take(deltas[0])
    room.take(deltas[8])
    assert room.lacking
    assert spans(room.catch_up(world.read(), room.ask())) == [(1, 9)]
    assert holds(room, world)
    assert not room.lacking


def test_early_deltas_continue_from_the_snapshot() -> None:
    world = World()
    room = loaded(world)
    deltas = some_changes(world, 6)
    asked = room.ask()
    middle = _read_at(world, 4)
    room.take(deltas[5])
    room.take(deltas[4])
    assert spans(room.catch_up(middle, asked)) == [(0, 4), (4, 5), (5, 6)]
    assert holds(room, world)


def test_a_snapshot_that_deltas_have_overtaken_changes_nothing() -> None:
    world = World()
    room = loaded(world)
    asked, old = room.ask(), world.read()
    for delta in some_changes(world, 3):
        room.take(delta)
    assert room.catch_up(old, asked) == []
    assert holds(room, world)
    assert not room.lacking


def test_a_new_epoch_makes_everybody_start_over() -> None:
    world = World()
    room = loaded(world)
    room.take(some_changes(world, 1)[0])
    world.begin("epoch-2")
    stranger = world.delta(world.put("r1", "after the restore"))
    assert room.take(stranger) == []
    assert room.lacking
    assert room.catch_up(world.read(), room.ask()) is None
    assert holds(room, world)
    assert not room.ring


def test_a_stray_hint_of_another_epoch_is_settled_by_one_read() -> None:
    world = World()
    room = loaded(world)
    room.take(Delta("no-such-epoch", 6, 7, ()))
    assert room.lacking
    assert room.catch_up(world.read(), room.ask()) == []
    assert not room.lacking


def test_a_database_that_went_back_makes_everybody_start_over() -> None:
    world = World()
    room = loaded(world)
    for delta in some_changes(world, 5):
        room.take(delta)
    assert room.catch_up(_read_at(world, 2), room.ask()) is None
    assert room.position == Position(world.epoch, 2)
    assert not room.lacking


def test_a_snapshot_that_differs_at_our_own_version_makes_everybody_start_over() -> None:
    world = World()
    room = loaded(world)
    other = Snapshot(world.epoch, 0, (venue("Another name"),))
    assert room.catch_up(other, room.ask()) is None
    assert room.items["venue"] == venue("Another name")


def test_a_promised_version_that_the_database_never_reaches_is_forgotten() -> None:
    world = World()
    room = loaded(world)
    room.expect(Position(world.epoch, 1_000_000))
    assert room.lacking
    assert room.catch_up(world.read(), room.ask()) == []
    assert not room.lacking


def test_a_change_without_operations_is_read_from_the_database() -> None:
    world = World()
    room = loaded(world)
    room.take(world.delta(world.clear()))
    assert room.lacking
    assert spans(room.catch_up(world.read(), room.ask())) == [(0, 1)]
    assert not room.lacking


def test_what_is_heard_while_the_database_is_read_is_not_forgotten() -> None:
    world = World()
    room = loaded(world)
    asked, before = room.ask(), world.read()
    room.take(world.delta(world.clear()))
    assert room.catch_up(before, asked) == []
    assert room.lacking


def test_deltas_after_an_untold_change_wait_for_the_database() -> None:
    """They may have been told in terms that the untold change made wrong (a venue's privacy setting)."""
    world = World()
    room = loaded(world)
    untold, after = world.delta(world.clear()), world.delta(world.put("r1", "told in old terms"))
    room.take(untold)
    asked = room.ask()
    assert room.take(after) == []
    assert spans(room.catch_up(_read_at(world, 1), asked)) == [(0, 1)]
    assert room.lacking
    assert spans(room.catch_up(world.read(), room.ask())) == [(1, 2)]
    assert not room.lacking


def test_early_deltas_and_the_ring_are_bounded() -> None:
    world = World()
    room = loaded(world)
    deltas = some_changes(world, 3 * EARLY_MAX)
    for delta in reversed(deltas[1:]):
        room.take(delta)
    assert len(room._early) <= EARLY_MAX
    room.take(deltas[0])
    assert room.position.version == EARLY_MAX + 1
    assert room.lacking
    assert len(room.ring) == RING


def _read_at(world: World, version: int) -> Snapshot:
    """What a read of an earlier moment gave."""
    now, world.version = world.version, version
    snapshot = world.read()
    world.version = now
    return snapshot
