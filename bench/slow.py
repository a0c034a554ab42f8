"""Slow consumers: one watcher in twenty stops reading; what each costs, when it is closed, and what the others notice.

`SLOW` is how many watchers there are (2,000), all at one venue, where five long songs a second are asked for. Each
round is first measured with everybody reading.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from math import isnan, nan

import aiohttp
from msgspec import Struct

from bench.figures import Figure, percentile
from bench.reach import guests, place, receivers
from bench.reach.guests import Guests
from bench.reach.place import Place
from bench.reach.receivers import Receivers

BY_NAME_ALONE = True
WRITES_S, ROUNDS, ONE_IN = 5, 3, 20
# Notes of music have four bytes in UTF-8: events as large as a guest can make them.
WORDS = "\N{MUSICAL SYMBOL EIGHTH NOTE}" * 230
CONNECTS_S, QUIET_S, CLOSES_S, LOOK_S = 300, 20, 240, 0.25
COUNTED = ("singr_live_connections{", "singr_live_behind_total ", 'singr_live_closed_total{code="4001"}')


class Look(Struct):
    """At one moment (Unix seconds): `held` are bytes, the servers' memory and what their kernel has not got rid of."""

    at: float
    held: int
    connections: float
    behind: float
    closed: float


class Spell(Struct):
    """Looks at a time in which nobody, or one in twenty, stopped reading."""

    looks: list[Look]

    @property
    def grown(self) -> float:
        return max(look.held for look in self.looks) - self.looks[0].held

    def moved(self, what: str) -> float:
        return abs(float(getattr(self.looks[-1], what) - getattr(self.looks[0], what)))

    def longest_s(self, slow: int) -> float:
        """From being behind until the connection was gone: the first who was behind is the first who goes."""
        first = self.looks[0]
        behind_at = [next((x.at for x in self.looks if x.behind - first.behind > n), nan) for n in range(slow)]
        gone_at = [next((x.at for x in self.looks if first.connections - x.connections > n), nan) for n in range(slow)]
        took_s = [gone - behind for behind, gone in zip(behind_at, gone_at, strict=True)]
        return nan if any(map(isnan, took_s)) else max(took_s)


async def run() -> list[Figure]:
    watchers = int(os.environ.get("SLOW", "2000"))
    return await place.alone(1, lambda here: measured(here, watchers))


async def measured(here: Place, watchers: int, per_s: float = WRITES_S, rounds: int = ROUNDS) -> list[Figure]:
    slow = watchers // ONE_IN
    async with (
        receivers.opened(here.program, here.port, watchers=watchers, venues=1, patient=True, slow=slow) as crowd,
        aiohttp.ClientSession() as session,
        guests.asking(here, per_s, venues=1, words=WORDS) as asking,
    ):
        await place.complete(crowd, watchers, CONNECTS_S)
        quiet, crowded = [], []
        for _ in range(rounds):
            quiet.append(await _looked(here, session, lambda spell: spell.moved("at") > QUIET_S))
            crowd.tell("rest")
            crowded.append(await _looked(here, session, lambda spell: spell.moved("connections") >= slow))
            crowd.tell("read")
            await _looked(here, session, lambda spell: spell.looks[-1].connections >= watchers)
    return _told(crowd, asking, quiet, crowded, slow)


def _told(crowd: Receivers, asking: Guests, quiet: list[Spell], crowded: list[Spell], slow: int) -> list[Figure]:
    def others_ms(spell: Spell) -> float:
        asked = asking.between(spell.looks[0].at, spell.looks[-1].at)
        return percentile(guests.shown_ms(crowd, asked), 99)

    return [
        Figure(
            name="memory of a slow one, its kernel's share included",
            unit="KiB",
            runs=[spell.grown / slow / 1024 for spell in crowded],
            reference=[spell.grown / slow / 1024 for spell in quiet],
            reference_name="growth while all read",
            budget="≤ 256",
        ),
        Figure(
            name=f"of {slow} slow ones closed as such",
            unit="",
            runs=[spell.moved("closed") for spell in crowded],
            budget="all",
        ),
        Figure(
            name="from being behind until gone, the longest",
            unit="s",
            runs=[spell.longest_s(slow) for spell in crowded],
            budget="≤ 10",
        ),
        Figure(
            name="the others: commit → client, p99",
            unit="ms",
            runs=[others_ms(spell) for spell in crowded],
            reference=[others_ms(spell) for spell in quiet],
            reference_name="while all read",
            budget="≤ 1.2 ×",
        ),
        Figure(
            name="others that fell behind",
            unit="",
            runs=[spell.moved("behind") - slow for spell in crowded],
            budget="0",
        ),
    ]


async def _looked(here: Place, session: aiohttp.ClientSession, enough: Callable[[Spell], bool]) -> Spell:
    """Until it was enough, or took too long."""
    spell, deadline = Spell([]), time.monotonic() + CLOSES_S
    while not spell.looks or not (enough(spell) or time.monotonic() > deadline):
        counted = await here.counted(session, *COUNTED)
        spell.looks.append(Look(time.time(), here.memory + here.unsent, *counted))
        await asyncio.sleep(LOOK_S)
    return spell
