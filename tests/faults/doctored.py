"""Singr with something wrong inside: `python -m tests.faults.doctored serve` is `singr serve`, patched from outside.

`FAULTS_ORDERS` names a file with what goes wrong now, as JSON: `hints` (lost, some lost, doubled, reordered, fatal),
`lost_each` (of which number each is lost, where some are), `block` and `deaf` (numbers: each new one blocks the loop
for three seconds, or makes Redis forget our subscription).
`FAULTS_WITHOUT` names a part that is missing for good: sweep, probe, gap check, bump, forgetting. The harness must
notice.
"""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

from singr.infra import sql
from singr.infra.bus import Bus
from singr.infra.line import Line
from singr.realtime import rounds
from singr.realtime.hub import Hub
from singr.realtime.room import Room
from singr.realtime.step import Step
from singr.realtime.sweep import Sweep
from singr.realtime.watcher import Watcher

VENUES = "singr:venue:"
LATE_S, BLOCKED_S = 0.5, 3.0
KEPT_A_CONNECTION = 1_000_000

post, publish, make_round = Bus.post, Bus.publish, rounds.make


class Orders:
    """What the file says now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.done: dict[str, Any] = {}

    def now(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return found

    def is_new(self, name: str) -> bool:
        """Whether `name` has a number that it did not have before."""
        number = self.now().get(name)
        new = number is not None and number != self.done.get(name)
        self.done[name] = number
        return new


def patch(cls: type, name: str, does: Any) -> None:
    """Another method; a part that no longer exists under that name is a mistake here."""
    assert callable(getattr(cls, name))
    setattr(cls, name, does)


def tamper(orders: Orders) -> None:
    """Have every process do as ordered."""
    told = itertools.count(1)

    async def tell(bus: Bus, channel: str, payload: bytes) -> None:
        how = orders.now().get("hints") if channel.startswith(VENUES) else None
        if how == "fatal":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "lost" or (how == "some lost" and next(told) % orders.now()["lost_each"] == 0):
            return
        if how == "reordered":
            await asyncio.sleep(random.uniform(0, LATE_S))
        for _ in range(2 if how == "doubled" else 1):
            await publish(bus, channel, payload)

    def tell_at_once(bus: Bus, channel: str, payload: bytes) -> bool:
        is_ordered = channel.startswith(VENUES) and orders.now().get("hints")
        return not is_ordered and post(bus, channel, payload)

    def make(hub: Hub, now: float) -> None:
        if orders.is_new("block"):
            time.sleep(BLOCKED_S)
        if orders.is_new("deaf"):
            for line in hub.rooms._bus.lines:
                hub.run(line.connection.send_command("UNSUBSCRIBE"))
        make_round(hub, now)

    patch(Bus, "publish", tell)
    patch(Bus, "post", tell_at_once)
    rounds.make = make


def without_sweep() -> None:
    async def nothing(sweep: Sweep) -> None:
        sweep._swept_at = sweep._loop.time()

    patch(Sweep, "_once", nothing)


def without_probe() -> None:
    async def forever(_line: Line) -> None:
        await asyncio.Event().wait()

    patch(Line, "_probe", forever)


def without_gap_check() -> None:
    """Whatever comes is applied, whether it fits or not."""

    def advance(room: Room) -> list[Step]:
        steps = []
        for prev in sorted(room._early):
            delta = room._early.pop(prev)
            steps.append(room._moved(delta.version, [room._change(op) for op in delta.ops or ()]))
        return steps

    patch(Room, "_advance", advance)


def without_bump() -> None:
    """Requests come without moving their venue's version."""
    query = sql.QUERIES["request_submit"]
    still = query.text.replace("SET version = s.version + 1", "SET version = s.version")
    assert still != query.text
    sql.QUERIES["request_submit"] = dataclasses.replace(query, text=still)


def without_forgetting() -> None:
    """Something is kept of every connection there ever was."""
    arrived, kept = Hub.arrived, []

    def arrive(hub: Hub, watcher: Watcher) -> None:
        kept.append(b"x" * KEPT_A_CONNECTION)
        arrived(hub, watcher)

    patch(Hub, "arrived", arrive)


WITHOUT = {
    "sweep": without_sweep,
    "probe": without_probe,
    "gap check": without_gap_check,
    "bump": without_bump,
    "forgetting": without_forgetting,
}


def main() -> None:
    if missing := os.environ.get("FAULTS_WITHOUT"):
        WITHOUT[missing]()
    tamper(Orders(Path(os.environ["FAULTS_ORDERS"])))
    from singr.cli import main as run  # only now: statements are bound at import

    run()


if __name__ == "__main__":
    main()
