"""A night: a city full of watchers and writers, one fault after the other, and the journal of each."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp

from singr.client.ways import AWAY, Events, Socket
from tests.faults.checker import Verdict, is_calm, judge
from tests.faults.city import City
from tests.faults.database import Archive
from tests.faults.journal import CALM, Journal, Leftover, Sample, Shown
from tests.faults.watchers import Watcher
from tests.faults.writers import Writers, somewhere
from tests.services import Server

if TYPE_CHECKING:
    from tests.faults.matrix import Fault

GENEROUS_S = 60
SIGNED_IN_S = 40
FEEL_S = 0.1
WIRED = 19
"""One watcher in so many comes through a wire of its own, where there are wires: of every view, which come by tens."""
HOST = {"email": "customer@example.com", "password": "Customer123!"}
VIEWS = ["display"] * 8 + ["singer", "host"]
KINDS: list[type[Socket] | type[Events]] = [Socket] * 7 + [Events] * 3
LOADS = re.compile(r'^singr_live_snapshot_loads_total\{outcome="read"\} (\S+)', re.MULTILINE)
HELD = {
    "connections": re.compile(r"^singr_live_connections\{.*\} (\S+)", re.MULTILINE),
    "rooms": re.compile(r"^singr_live_rooms (\S+)", re.MULTILINE),
    "descriptors": re.compile(r"^process_open_fds (\S+)", re.MULTILINE),
    "tasks": re.compile(r"^singr_tasks (\S+)", re.MULTILINE),
    "bytes": re.compile(r"^process_resident_memory_bytes (\S+)", re.MULTILINE),
}
SPARE = {"connections": 0, "rooms": 0, "descriptors": 80, "tasks": 12, "bytes": 40e6}
"""What a process may hold more than before, its memory more than with everybody there for the first time: pools that
have grown, and what Python does not give back."""


class Night:
    """`city` full of people. `postgres` and `redis` are the servers, where they are ours to take away. What should
    become true is waited for up to `patience_s`.
    """

    def __init__(
        self,
        city: City,
        archive: Archive,
        session: aiohttp.ClientSession,
        redis: Server,
        postgres: Server | None,
        patience_s: float,
    ) -> None:
        self.city, self.archive, self.session = city, archive, session
        self.redis, self.postgres, self.patience_s = redis, postgres, patience_s
        self.watchers: list[Watcher] = []
        self.journal = Journal()
        self.before: dict[str, dict[str, float]] = {}
        self._is_first = True
        self._running: list[asyncio.Task[None]] = []
        self._token, self._token_at = "", 0.0
        self._signing_in = asyncio.Lock()

    async def fill(self, venues: list[str], watchers: int, per_s: float) -> None:
        """Let everybody in, a few at a time."""
        self.before = await self._held()
        self.writers = Writers(self.session, self.city, venues, per_s)
        for number in range(watchers):
            view, kind = VIEWS[number % len(VIEWS)], KINDS[number // len(VIEWS) % len(KINDS)]
            venue = venues[number % len(venues)] if view != "host" else random.choice(venues)
            name = f"w{number}-{view}"
            base = self.city.wired or self.city.base if number % WIRED == 0 else self.city.base
            watcher = Watcher(self.session, base, name, venue, view, kind, self.sign_in, self._note)
            self.watchers.append(watcher)
            self._running.append(asyncio.create_task(watcher.run()))
            if number % 50 == 49:
                await asyncio.sleep(0.2)

    async def feel(self) -> None:
        """How late we are ourselves, ten times a second."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + FEEL_S
            await asyncio.sleep(FEEL_S)
            self.journal.late_s = max(self.journal.late_s, loop.time() - due)

    def _note(self, shown: Shown) -> None:
        self.journal.shown.append(shown)

    async def sign_in(self) -> Mapping[str, str]:
        """The host's credentials, fresh enough."""
        async with self._signing_in:
            if time.monotonic() - self._token_at > SIGNED_IN_S:
                limits = aiohttp.ClientTimeout(total=8)
                where = {"X-Forwarded-For": somewhere()}
                address = self.city.base() + "/v1/auth/signin"
                async with self.session.post(address, json=HOST, headers=where, timeout=limits) as answer:
                    answer.raise_for_status()
                    self._token = (await answer.json())["accessToken"]
                self._token_at = time.monotonic()
        return {"Authorization": f"Bearer {self._token}"}

    async def suffer(
        self, fault: Fault, *, staleness_max_s: float = float("inf"), healing_max_s: float = float("inf")
    ) -> Verdict:
        """Live through one fault; what the checker thinks of it."""
        await self.converge()
        if self._is_first:
            self._is_first = False
            for name, held in (await self._held()).items():
                self.before[name]["bytes"] = held["bytes"]
        await self.archive.begin()
        self.journal = journal = Journal()
        for watcher in self.watchers:
            watcher.note()
        before = sum(watcher.connected for watcher in self.watchers)
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
        journal.reconnects = sum(watcher.connected for watcher in self.watchers) - before
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

    async def leave(self) -> None:
        """Everybody goes home."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self.watchers, self._running = [], []

    async def afterwards(self) -> Verdict:
        """After everybody has left: what do the processes still hold?"""
        deadline = asyncio.get_running_loop().time() + self.patience_s
        while True:
            left = [
                Leftover(name, what, found, self.before.get(name, held)[what] + SPARE[what])
                for name, held in (await self._held()).items()
                for what, found in held.items()
            ]
            if all(x.found <= x.at_most for x in left) or asyncio.get_running_loop().time() > deadline:
                return judge(Journal(leftovers=left))
            await asyncio.sleep(0.5)

    async def _held(self) -> dict[str, dict[str, float]]:
        found = {}
        for api in self.city.apis:
            async with self.session.get(f"{api.base}/metrics") as answer:
                text = await answer.text()
            found[api.name] = {what: sum(map(float, pattern.findall(text))) for what, pattern in HELD.items()}
        return found


@asynccontextmanager
async def opened(
    city: City,
    database_url: str,
    redis: Server,
    postgres: Server | None = None,
    *,
    venues: int,
    watchers: int,
    per_s: float,
    patience_s: float = GENEROUS_S,
) -> AsyncIterator[Night]:
    """A night with everybody in their place."""
    archive = Archive(database_url)
    names = await archive.prepare(venues)
    # Connections are never used twice: a balancer would choose anew.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    limits = aiohttp.ClientTimeout(total=None, sock_connect=10)
    async with aiohttp.ClientSession(connector=connector, timeout=limits) as session:
        night = Night(city, archive, session, redis, postgres, patience_s)
        feeling = asyncio.create_task(night.feel())
        try:
            await night.fill(names, watchers, per_s)
            yield night
        finally:
            feeling.cancel()
            await night.writers.stop()
            await night.leave()
