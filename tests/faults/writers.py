"""Those who write: guests who ask for songs and take them back, retrying with the same key until they are answered."""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.faults.city import City
from tests.faults.journal import Write
from tests.faults.watchers import device

GIVES_UP_S, TRY_S = 40, 8
WAITS_S = (1.0, 5.0)
STAYS = 0.1
NUMBERS = itertools.count(1)


@dataclass
class Asked:
    """A write under way. `note` is private: for hosts and the singer."""

    title: str
    venue: str
    key: str = field(default_factory=lambda: secrets.token_hex(8))
    receipt: dict[str, Any] | None = None
    withdrawn: bool = False

    @property
    def fact(self) -> Write:
        return Write(self.title, self.receipt is not None, self.withdrawn, self.receipt["id"] if self.receipt else None)


class Writers:
    """`per_s` requests a second over all venues while running; `asked` is what they did, `refused` what they were
    told that is neither an answer nor to come back."""

    def __init__(self, session: aiohttp.ClientSession, city: City, venues: list[str], per_s: float) -> None:
        self._session, self._city, self._venues, self._per_s = session, city, venues, per_s
        self.asked: list[Asked] = []
        self.refused: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def start(self, run: str) -> None:
        """Begin; titles begin with `run`."""
        self.asked, self.refused = [], []
        self._stopping.clear()
        self._writing = asyncio.create_task(self._write(run))

    async def stop(self) -> None:
        """Ask for nothing more, and wait until everything under way is answered or given up."""
        self._stopping.set()
        if self._writing:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
            self._writing = None
        await asyncio.gather(*self._tasks)

    async def _write(self, run: str) -> None:
        while True:
            venue = random.choice(self._venues)
            asked = Asked(f"{run}/{venue}/{next(NUMBERS)}", venue)
            self.asked.append(asked)
            task = asyncio.create_task(self._ask(asked))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(1 / self._per_s)

    async def _ask(self, asked: Asked) -> None:
        song = {"singerName": "Ann Other", "artist": asked.venue, "title": asked.title, "notes": f"note {asked.title}"}
        headers = device(asked.key) | {"Idempotency-Key": asked.key, "X-Forwarded-For": somewhere()}
        path = f"/v1/public/venues/{asked.venue}/requests"
        asked.receipt = await self._insist("POST", path, 201, json=song, headers=headers)
        if asked.receipt is None or random.random() < STAYS:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), random.uniform(*WAITS_S))
            return  # it stays
        path = f"/v1/public/requests/{asked.receipt['trackingToken']}"
        asked.withdrawn = await self._insist("DELETE", path, 204, headers=headers) is not None

    async def _insist(self, method: str, path: str, wanted: int, **given: Any) -> dict[str, Any] | None:
        """Ask one process after the other until one answers; None when none did in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + GIVES_UP_S
        limits = aiohttp.ClientTimeout(total=TRY_S)
        while loop.time() < deadline:
            try:
                address = self._city.base() + path
                async with self._session.request(method, address, timeout=limits, **given) as answer:
                    if answer.status == wanted:
                        return dict(await answer.json()) if wanted != 204 else {}
                    if answer.status < 500 and answer.status != 429:
                        self.refused.append(f"{method} {path}: {answer.status} {await answer.text()}")
                        return None
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(random.uniform(0.5, 2))
        return None


def somewhere() -> str:
    """An address: a city of guests does not share one."""
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
