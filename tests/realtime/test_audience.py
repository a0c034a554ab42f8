"""Who gets which frame: masked views, one's own requests, resuming, and no encoding twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from singr.realtime.audience import Audience
from singr.realtime.frame import Form, Frame
from singr.realtime.room import RING, Room
from singr.realtime.state import Position, Viewer
from singr.realtime.step import merge
from tests.realtime.world import DISPLAY, HOST, Screen, World, parsed, singer


@dataclass(eq=False)
class Member:
    viewer: Viewer
    frames: list[Frame] = field(default_factory=list)

    def messages(self) -> list[dict[str, Any]]:
        return [parsed(frame.wire(Form.EVENTS)) for frame in self.frames]


class Stage:
    """A room with its audience, as the hub drives them."""

    def __init__(self) -> None:
        self.world = World()
        self.room = Room()
        self.room.catch_up(self.world.read(), self.room.ask())
        self.audience: Audience[Member] = Audience(self.room)

    def join(self, viewer: Viewer, since: Position | None = None) -> Member:
        member = Member(viewer, self.audience.missed(viewer, since))
        self.audience.join(member)
        return member

    def happen(self, *hints: bytes) -> None:
        steps = [step for hint in hints for step in self.room.take(self.world.delta(hint))]
        for member, frame in self.audience.deliveries(merge(steps)):
            member.frames.append(frame)

    def heal(self) -> None:
        for step in self.room.catch_up(self.world.read(), self.room.ask()) or []:
            for member, frame in self.audience.deliveries(step):
                member.frames.append(frame)

    def played(self, member: Member) -> Screen:
        """A screen that heard everything this member was told."""
        screen = Screen(self.world, member.viewer)
        for message in member.messages():
            screen.hear(message)
        return screen


@pytest.fixture
def stage() -> Stage:
    return Stage()


def ops(member: Member) -> list[dict[str, Any]]:
    return [op for message in member.messages() if message["type"] == "delta" for op in message["ops"]]


def test_every_view_sees_its_own_face(stage: Stage) -> None:
    viewers = [HOST, DISPLAY, singer(), singer("ann"), singer("bo")]
    members = [stage.join(viewer) for viewer in viewers]
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann"))
    assert [member.messages()[-1]["ops"][0]["request"]["for"] for member in members] == [
        "host",
        "display",
        "singer",
        "own",
        "singer",
    ]
    for member in members:
        assert stage.played(member).version == 1


def test_what_a_view_may_not_see_leaves_an_empty_delta_and_no_hole(stage: Stage) -> None:
    member = stage.join(DISPLAY)
    stage.happen(stage.world.put("r1", "a secret", owner="ann", shy=True))
    stage.happen(stage.world.put("r2", "no secret"))
    first, second = member.messages()[1:]
    assert (first["prev"], first["version"], first["ops"]) == (0, 1, [])
    assert second["prev"] == 1


def test_an_entry_that_becomes_hidden_is_removed_from_the_view(stage: Stage) -> None:
    member, owner = stage.join(DISPLAY), stage.join(singer("ann"))
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann"))
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann", shy=True))
    assert ops(member)[-1] == {"op": "remove", "id": "r1"}
    assert stage.played(owner).requests["r1"]["text"] == "Innuendo"


def test_an_entry_that_changes_hands_shows_each_owner_their_face(stage: Stage) -> None:
    ann, bo = stage.join(singer("ann")), stage.join(singer("bo"))
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann"))
    stage.happen(stage.world.put("r1", "Innuendo", owner="bo", shy=True))
    assert stage.played(ann).requests == {}
    assert stage.played(bo).requests["r1"]["for"] == "own"


def test_hosts_and_the_owner_learn_how_a_request_ended(stage: Stage) -> None:
    members = {view: stage.join(v) for view, v in {"host": HOST, "own": singer("ann"), "other": singer("bo")}.items()}
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann"))
    stage.happen(stage.world.drop("r1"))
    assert ops(members["host"])[-1]["request"]["for"] == "host"
    assert ops(members["own"])[-1]["request"]["for"] == "own"
    assert ops(members["other"])[-1] == {"op": "remove", "id": "r1"}


def test_what_nobody_of_a_view_can_tell_apart_is_not_told(stage: Stage) -> None:
    member = stage.join(singer())
    stage.happen(stage.world.put("r1", "Innuendo"))
    stage.happen(stage.world.put("r1", "Bohemian Rhapsody"))  # strangers see no titles
    assert [message["ops"] for message in member.messages()[2:]] == [[]]


def test_a_delta_is_encoded_once_for_all_who_see_the_same(stage: Stage) -> None:
    strangers = [stage.join(singer(f"stranger-{n}")) for n in range(20)]
    owners = [stage.join(singer("ann", f"phone-{n}")) for n in range(3)]
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann"))
    assert len({id(member.frames[-1]) for member in strangers}) == 1
    assert len({id(member.frames[-1]) for member in owners}) == 1


def test_snapshots_are_shared_but_for_those_who_own_something(stage: Stage) -> None:
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann", shy=True))
    others = [stage.join(singer("bo")), stage.join(singer())]
    ann = stage.join(singer("ann"))
    assert others[0].frames[0] is others[1].frames[0]
    assert stage.played(others[0]).requests == {}
    assert stage.played(ann).requests["r1"]["for"] == "own"


def test_steps_told_together_are_one_delta(stage: Stage) -> None:
    member, owner = stage.join(DISPLAY), stage.join(singer("ann"))
    world = stage.world
    stage.happen(
        world.put("r1", "first", owner="ann"),
        world.put("r2", "second"),
        world.put("r1", "changed", owner="ann"),
        world.drop("r2"),
        world.put("r3", "there and"),
        world.drop("r3"),
        world.put("r3", "back again"),
        world.rename("The Bell"),
    )
    assert [(m["prev"], m["version"]) for m in member.messages()[1:]] == [(0, 8)]
    assert stage.played(member).showing() == world.shown(8, DISPLAY)
    assert stage.played(owner).showing() == world.shown(8, singer("ann"))


@pytest.mark.parametrize("viewer", [HOST, DISPLAY, singer("ann"), singer("bo")], ids=["host", "display", "ann", "bo"])
def test_who_comes_back_in_time_is_told_only_the_rest(stage: Stage, viewer: Viewer) -> None:
    member = stage.join(viewer)
    for n in range(10):
        stage.happen(stage.world.put(f"r{n % 3}", f"song {n}", owner="ann" if n % 2 else "bo"))
    screen = Screen(stage.world, viewer)
    for message in member.messages()[:5]:
        screen.hear(message)
    back = stage.join(viewer, screen.position)
    for message in back.messages():
        screen.hear(message)
    assert screen.version == 10
    assert screen.snapshots == 1
    assert len(back.frames) == 1


def test_who_missed_nothing_is_told_nothing(stage: Stage) -> None:
    stage.happen(stage.world.put("r1", "Innuendo"))
    assert stage.join(DISPLAY, stage.world.position).frames == []


@pytest.mark.parametrize("since", [Position("epoch-1", 0), Position("epoch-1", 999), Position("other", RING + 5)])
def test_who_comes_back_too_late_or_from_elsewhere_starts_from_a_snapshot(stage: Stage, since: Position) -> None:
    for n in range(RING + 5):
        stage.happen(stage.world.put("r1", f"song {n}"))
    screen = stage.played(stage.join(DISPLAY, since))
    assert screen.snapshots == 1
    assert screen.version == RING + 5


def test_a_healed_gap_is_no_stop_for_who_never_was_at_it(stage: Stage) -> None:
    """Versions inside a healed gap are no place to resume from: the step does not say what happened between."""
    for n in range(4):
        stage.world.put("r1", f"song {n}")
    stage.heal()
    assert stage.played(stage.join(DISPLAY, Position("epoch-1", 2))).snapshots == 1
    assert len(stage.join(DISPLAY, Position("epoch-1", 0)).frames) == 1


def test_who_leaves_is_told_nothing_more(stage: Stage) -> None:
    ann, screen = stage.join(singer("ann")), stage.join(DISPLAY)
    for member in (ann, screen):
        stage.audience.leave(member)
    stage.happen(stage.world.put("r1", "Innuendo", owner="ann"))
    assert len(ann.frames) == len(screen.frames) == 1
    assert len(stage.audience) == 0
    assert not stage.audience._by_owner


def test_a_heartbeat_tells_the_newest_version(stage: Stage) -> None:
    stage.happen(stage.world.put("r1", "Innuendo"))
    beat = stage.audience.heartbeat(stale=False)
    assert parsed(beat.wire(Form.EVENTS)) == {"type": "heartbeat", "epoch": "epoch-1", "version": 1}
    stage.happen(stage.world.put("r1", "Believe"))
    stale = stage.audience.heartbeat(stale=True)
    assert parsed(stale.wire(Form.EVENTS)) == {"type": "heartbeat", "epoch": "epoch-1", "version": 2, "stale": True}
