"""Heartbeats of all seats from one timer: seats are spread over the ticks of their period."""

from __future__ import annotations

import random

from singr.realtime.messages import View
from singr.realtime.seat import Seat
from singr.realtime.tempo import Tempo


class Wheel:
    """Each seat stands in one of `ticks` slots and comes up once a turn."""

    def __init__(self, ticks: int) -> None:
        self._slots: list[set[Seat]] = [set() for _ in range(max(1, ticks))]
        self._at = 0

    def add(self, seat: Seat) -> None:
        seat.slot = random.choice(self._slots)  # noqa: S311
        seat.slot.add(seat)

    def turn(self) -> list[Seat]:
        self._at = (self._at + 1) % len(self._slots)
        return list(self._slots[self._at])


class Pulse:
    """Hosts beat faster than the others."""

    def __init__(self, tempo: Tempo) -> None:
        self._tempo = tempo
        self._hosts = Wheel(round(tempo.host_beat_s / tempo.tick_s))
        self._others = Wheel(round(tempo.beat_s / tempo.tick_s))

    def period_s(self, view: View) -> float:
        return self._tempo.host_beat_s if view == "host" else self._tempo.beat_s

    def add(self, seat: Seat) -> None:
        (self._hosts if seat.viewer.view == "host" else self._others).add(seat)

    def discard(self, seat: Seat) -> None:
        seat.slot.discard(seat)

    def turn(self) -> list[Seat]:
        """The seats whose heartbeat is due in this tick."""
        return self._hosts.turn() + self._others.turn()
