"""Everybody who watches: displays, hosts, and singers, every other of whom has asked for a song of their own."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Mapping

import aiohttp

from singr.client.ways import Events, Socket
from tests.faults.city import City
from tests.faults.journal import Shown
from tests.faults.watchers import Watcher, device
from tests.faults.writers import somewhere

SIGNED_IN_S, SIGNS_IN_S = 40, 8
AT_ONCE = 50
WIRED = 19
"""One watcher in so many comes through a wire of its own, where there are wires: of every view, which come by tens."""
DROWSY = 97
"""And one in so many sleeps through all faults."""
HOST = {"email": "customer@example.com", "password": "Customer123!"}
VIEWS = ["display"] * 8 + ["singer", "host"]
KINDS: list[type[Socket] | type[Events]] = [Socket] * 7 + [Events] * 3


class Crowd:
    """`watchers`, and by name the private note of those who have asked for something. Who comes has never been here."""

    def __init__(
        self, session: aiohttp.ClientSession, city: City, venues: list[str], note: Callable[[Shown], None]
    ) -> None:
        self._session, self._city, self._venues, self._note = session, city, venues, note
        self.watchers: list[Watcher] = []
        self.sleepers: list[Watcher] = []
        self._lulled_at = 0.0
        self.secret_of: dict[str, str] = {}
        self._running: list[asyncio.Task[None]] = []
        self._numbers = itertools.count()
        self._token, self._token_at = "", 0.0
        self._signing_in = asyncio.Lock()

    async def come(self, watchers: int) -> None:
        """Let everybody in, a few at a time."""
        for number in itertools.islice(self._numbers, watchers):
            watcher = self._watcher(number)
            if watcher.as_view == "singer" and number // len(VIEWS) % 2:
                self.secret_of[watcher.name] = await self._ask(watcher)
            self.watchers.append(watcher)
            self._running.append(asyncio.create_task(watcher.run()))
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0.2)

    def _watcher(self, number: int) -> Watcher:
        view, kind = VIEWS[number % len(VIEWS)], KINDS[number // len(VIEWS) % len(KINDS)]
        venue = self._venues[number % len(self._venues)] if view != "host" else random.choice(self._venues)
        base = self._city.wired or self._city.base if number % WIRED == 0 else self._city.base
        return Watcher(self._session, base, f"w{number}-{view}", venue, view, kind, self.sign_in, self._note)

    async def _ask(self, singer: Watcher) -> str:
        """What a singer asks for, and the note. A WebSocket's ticket proves by the receipt whose request it is; an
        event stream by the phone that asked."""
        title = f"own/{singer.at_venue}/{singer.name}"
        song = {"singerName": "Ann Other", "artist": singer.at_venue, "title": title, "notes": f"note {title}"}
        phone = singer.name if singer.kind is Events else f"elsewhere-{title}"
        headers = device(phone) | {"X-Forwarded-For": somewhere()}
        path = f"/v1/public/venues/{singer.at_venue}/requests"
        async with self._session.post(self._city.base() + path, json=song, headers=headers) as answer:
            answer.raise_for_status()
            if singer.kind is Socket:
                singer.receipt = (await answer.json())["trackingToken"]
        return song["notes"]

    def lull(self) -> None:
        """Some fall asleep and are no watchers until they are roused."""
        self.sleepers, self._lulled_at = self.watchers[::DROWSY], time.monotonic()
        del self.watchers[::DROWSY]
        for sleeper in self.sleepers:
            sleeper.sleep()

    def rouse(self) -> list[Watcher]:
        """They count again; who is to wake up."""
        roused, self.sleepers = self.sleepers, []
        self.watchers += roused
        return roused

    @property
    def connected(self) -> int:
        """How often anybody was."""
        return sum(watcher.connected for watcher in (*self.watchers, *self.sleepers))

    @property
    def asleep_min(self) -> float:
        return (time.monotonic() - self._lulled_at) / 60

    async def leave(self) -> None:
        """Everybody goes home."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self.watchers, self.sleepers, self._running, self.secret_of = [], [], [], {}

    async def sign_in(self) -> Mapping[str, str]:
        """The host's credentials, fresh enough."""
        async with self._signing_in:
            if time.monotonic() - self._token_at > SIGNED_IN_S:
                self._token = await self._signed_in(self._city.base())
                self._token_at = time.monotonic()
        return {"Authorization": f"Bearer {self._token}"}

    async def sign_in_everywhere(self) -> None:
        """At every process once."""
        for api in self._city.apis:
            await self._signed_in(api.base)

    async def _signed_in(self, base: str) -> str:
        limits, where = aiohttp.ClientTimeout(total=SIGNS_IN_S), {"X-Forwarded-For": somewhere()}
        async with self._session.post(f"{base}/v1/auth/signin", json=HOST, headers=where, timeout=limits) as answer:
            answer.raise_for_status()
            return str((await answer.json())["accessToken"])
