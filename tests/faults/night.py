"""A night: a city full of watchers and writers, one fault after the other, and the journal of each."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp

from singr.client.ways import AWAY
from tests.faults import leftovers
from tests.faults.checker import Verdict, is_calm, judge
from tests.faults.city import City
from tests.faults.crowd import Crowd
from tests.faults.database import Archive
from tests.faults.journal import CALM, Journal, Sample, Shown
from tests.faults.leftovers import Held
from tests.faults.surroundings import Around
from tests.faults.watchers import Watcher
from tests.faults.writers import Writers

if TYPE_CHECKING:
    from tests.faults.matrix import Fault

GENEROUS_S = 60
FEEL_S = 0.1
REHEARSES_S = 5
LOADS = re.compile(r'^singr_live_snapshot_loads_total\{outcome="read"\} (\S+)', re.MULTILINE)


class Night:
    """`city` full of people. What should become true is waited for up to `patience_s`."""

    def __init__(
        self,
        city: City,
        archive: Archive,
        session: aiohttp.ClientSession,
        venues: list[str],
        around: Around,
        *,
        per_s: float,
        patience_s: float,
    ) -> None:
        self.city, self.archive, self.session = city, archive, session
        self.around, self.patience_s = around, patience_s
        self.writers = Writers(session, city, venues, per_s)
        self.crowd = Crowd(session, city, venues, self._note)
        self.journal = Journal()
        self.before: Held = {}
        self._most, self._venues = 0, len(venues)

    @property
    def watchers(self) -> list[Watcher]:
        return self.crowd.watchers

    async def fill(self, watchers: int) -> None:
        """Let everybody in."""
        self._most = watchers
        await self.crowd.come(watchers)

    async def rehearse(self, watchers: int) -> None:
        """As many come, live a moment and leave. What they leave behind is there once; more with each crowd is a
        leak."""
        await self.fill(watchers)
        await self.converge()
        self.writers.start(f"rehearsal {time.time():.3f}")
        await self.crowd.sign_in_everywhere()
        await asyncio.sleep(REHEARSES_S)
        await self.writers.stop()
        await self.converge()
        self.before = await self.leave()

    async def feel(self) -> None:
        """How late we are ourselves, ten times a second."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + FEEL_S
            await asyncio.sleep(FEEL_S)
            self.journal.late_s = max(self.journal.late_s, loop.time() - due)

    def _note(self, shown: Shown) -> None:
        self.journal.shown.append(shown)

    async def suffer(
        self, fault: Fault, *, staleness_max_s: float = float("inf"), healing_max_s: float = float("inf")
    ) -> Verdict:
        """Live through one fault; what the checker thinks of it."""
        await self.converge()
        await self.archive.begin(*(sleeper.at_venue for sleeper in self.crowd.sleepers))
        self.journal = journal = Journal()
        for watcher in self.watchers:
            watcher.note()
        before = self.crowd.connected
        run = f"{fault.name} {time.time():.3f}"
        self.writers.start(run)
        await asyncio.sleep(fault.before_s)
        await fault.inject(self)
        await asyncio.sleep(fault.hold_s)
        if fault.then_quiet:
            await self.writers.stop()
            await self.converge()
        await fault.heal(self)
        journal.healed_at = time.time()
        for api in self.city.apis:
            await api.ready()
        if not fault.then_quiet:
            await self._calm_down(journal)
            await self.writers.stop()
        await self.converge()
        for watcher in self.watchers:
            watcher.note()
        journal.commits = await self.archive.commits()
        journal.stored = await self.archive.stored(run)
        journal.writes, journal.refused = [asked.fact for asked in self.writers.asked], self.writers.refused
        journal.secret_of = dict(self.crowd.secret_of)
        journal.reconnects = self.crowd.connected - before
        return judge(journal, staleness_max_s=staleness_max_s, healing_max_s=healing_max_s)

    async def converge(self) -> bool:
        """Wait until everybody shows what the database holds; no longer than a generous while."""
        deadline = asyncio.get_running_loop().time() + self.patience_s
        while asyncio.get_running_loop().time() < deadline:
            positions = await self.archive.positions()
            if all((w.epoch, w.version) == positions[w.at_venue] and w.status == CALM for w in self.watchers):
                return True
            await asyncio.sleep(0.2)
        return False

    async def _calm_down(self, journal: Journal) -> None:
        """Sample until hints have worked again for a while in every process; no longer than a generous while."""
        deadline = asyncio.get_running_loop().time() + self.patience_s
        names = [api.name for api in self.city.apis]
        while asyncio.get_running_loop().time() < deadline:
            commits = len([asked for asked in self.writers.asked if asked.receipt])
            for api in self.city.apis:
                try:
                    async with self.session.get(f"{api.base}/metrics") as answer:
                        loads = float((LOADS.findall(await answer.text()) or [0])[0])
                except AWAY:
                    continue
                journal.samples.append(Sample(api.name, time.time(), loads, commits))
            if all(is_calm([s for s in journal.samples if s.process == name]) for name in names):
                return
            await asyncio.sleep(1)

    async def leave(self) -> Held:
        """Everybody goes home; what the processes hold once nobody is there and no room is open."""
        await self.crowd.leave()
        deadline = asyncio.get_running_loop().time() + self.patience_s
        while True:
            held = await leftovers.held(self.session, self.city)
            is_empty = not any(of_one["connections"] + of_one["rooms"] for of_one in held.values())
            if is_empty or asyncio.get_running_loop().time() > deadline:
                return held
            await asyncio.sleep(0.5)

    async def afterwards(self) -> Verdict:
        """Everybody leaves: do the processes hold more than after the rehearsal?"""
        left = leftovers.beside(self.before, await self.leave(), self._most, self._venues)
        return judge(Journal(leftovers=left))


@asynccontextmanager
async def opened(
    city: City,
    database_url: str,
    around: Around,
    *,
    venues: int,
    watchers: int,
    per_s: float,
    patience_s: float = GENEROUS_S,
    rehearsed: bool = False,
) -> AsyncIterator[Night]:
    """A night with everybody in their place; only a rehearsed one can be judged by what it leaves behind."""
    archive = Archive(database_url)
    names = await archive.prepare(venues)
    # Connections are never used twice: a balancer would choose anew.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    limits = aiohttp.ClientTimeout(total=None, sock_connect=10)
    async with aiohttp.ClientSession(connector=connector, timeout=limits) as session:
        night = Night(city, archive, session, names, around, per_s=per_s, patience_s=patience_s)
        feeling = asyncio.create_task(night.feel())
        try:
            if rehearsed:
                await night.rehearse(watchers)
            await night.fill(watchers)
            yield night
        finally:
            feeling.cancel()
            await night.writers.stop()
            await night.crowd.leave()
