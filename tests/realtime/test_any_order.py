"""A room and its audience against every history Hypothesis can think of: hints lost, doubled, late and reordered, reads
that take their time, members who come and go. What any of them shows is at all times what the database held."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from singr.realtime.audience import Audience
from singr.realtime.frame import Form
from singr.realtime.room import Asked, Room
from singr.realtime.state import Snapshot, Viewer
from singr.realtime.step import Step, merge
from tests.realtime.world import DISPLAY, HOST, Screen, World, parsed, singer

IDS = st.sampled_from(["r1", "r2", "r3", "r4"])
OWNERS = st.sampled_from(["ann", "bo"])
VIEWERS = st.sampled_from([HOST, DISPLAY, singer(), singer("ann"), singer("ann", "bo")])


class Seat:
    def __init__(self, screen: Screen) -> None:
        self.screen = screen

    @property
    def viewer(self) -> Viewer:
        return self.screen.viewer


class Night(RuleBasedStateMachine):
    @initialize()
    def open_doors(self) -> None:
        self.world, self.room = World(), Room()
        self.audience: Audience[Seat] = Audience(self.room)
        self.room.catch_up(self.world.read(), self.room.ask())
        self.seats: list[Seat] = []
        self.away: list[Screen] = []
        self.hints: list[bytes] = []
        self.outgoing: list[Step] = []
        self.reading: tuple[Asked, Snapshot] | None = None

    # The database moves on

    @rule(item_id=IDS, text=st.sampled_from(["x", "y"]), owner=OWNERS, shy=st.booleans())
    def put(self, item_id: str, text: str, owner: str, shy: bool) -> None:
        self.hints.append(self.world.put(item_id, text, owner, shy=shy))

    @rule(item_id=IDS)
    def drop(self, item_id: str) -> None:
        self.hints.append(self.world.drop(item_id))

    @rule(name=st.sampled_from(["The Anchor", "The Bell"]))
    def rename(self, name: str) -> None:
        self.hints.append(self.world.rename(name))

    @rule()
    def clear(self) -> None:
        self.hints.append(self.world.clear())

    # Hints arrive, or not

    @precondition(lambda self: self.hints)
    @rule(data=st.data(), again=st.booleans())
    def arrive(self, data: Any, again: bool) -> None:
        at = data.draw(st.integers(0, len(self.hints) - 1))
        hint = self.hints[at] if again else self.hints.pop(at)
        self.outgoing += self.room.take(self.world.delta(hint))

    @precondition(lambda self: self.hints)
    @rule(data=st.data())
    def get_lost(self, data: Any) -> None:
        self.hints.pop(data.draw(st.integers(0, len(self.hints) - 1)))

    @rule()
    def sweep(self) -> None:
        self.room.expect(self.world.position)

    # Reads take time

    @precondition(lambda self: self.reading is None)
    @rule()
    def begin_reading(self) -> None:
        self.reading = self.room.ask(), self.world.read()

    @precondition(lambda self: self.reading)
    @rule()
    def end_reading(self) -> None:
        assert self.reading
        asked, snapshot = self.reading
        self.reading = None
        self.flush()
        steps = self.room.catch_up(snapshot, asked)
        assert steps is not None, "nothing in this history makes anybody start over"
        self.outgoing += steps

    # Members come, go and come back

    @rule(viewer=VIEWERS)
    def join(self, viewer: Viewer) -> None:
        self._sit(Screen(self.world, viewer))

    @precondition(lambda self: self.seats)
    @rule()
    def leave(self) -> None:
        seat = self.seats.pop(0)
        self.audience.leave(seat)
        self.away.append(seat.screen)

    @precondition(lambda self: self.away)
    @rule()
    def come_back(self) -> None:
        self._sit(self.away.pop(0))

    @rule()
    def flush(self) -> None:
        if self.outgoing:
            step, self.outgoing = merge(self.outgoing), []
            for seat, frame in self.audience.deliveries(step):
                seat.screen.hear(parsed(frame.wire(Form.EVENTS)))

    def _sit(self, screen: Screen) -> None:
        self.flush()
        since = screen.position if screen.epoch else None
        for frame in self.audience.missed(screen.viewer, since):
            screen.hear(parsed(frame.wire(Form.EVENTS)))
        seat = Seat(screen)
        self.seats.append(seat)
        self.audience.join(seat)

    @invariant()
    def nobody_is_ahead_and_all_show_the_same_version(self) -> None:
        if hasattr(self, "seats") and not self.outgoing:
            assert {seat.screen.version for seat in self.seats} <= {self.room.position.version}

    def teardown(self) -> None:
        """After one read of the database everybody shows what it holds."""
        if not hasattr(self, "seats"):
            return
        if self.reading:
            self.end_reading()
        self.outgoing += self.room.catch_up(self.world.read(), self.room.ask()) or []
        self.flush()
        assert not self.room.lacking
        for seat in self.seats:
            assert seat.screen.position == self.world.position


Night.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestNight = Night.TestCase
