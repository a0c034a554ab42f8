"""A thousand people sign in at once: everybody gets an answer, nobody else waits, memory stays bounded.

Each comes with a device and an address of their own and does what the answer says: a 503 or 429 is tried again after
its Retry-After. Reference: argon2id hashes a second by as many threads on the same cores, measured before each round.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from statistics import quantiles

import aiohttp
from argon2 import PasswordHasher

from bench.figures import Figure
from bench.night import PASSWORD, Night, night, somewhere
from singr.identity import passwords

PEOPLE, ROUNDS = 1000, 5
REFERENCE_HASHES = 100
PATIENCE_S = 300
BUSY = (429, 503)
BY_NAME_ALONE = True


class Round:
    """What one round showed."""

    def __init__(self) -> None:
        self.first_answers_s: list[float] = []
        self.tried_again = self.unanswered = self.signed_in = 0
        self.took_s = self.raw_per_s = self.grew_mib = 0.0
        self.ticks = self.late_ticks = 0
        self.idle_ms: list[float] = []
        self.busy_ms: list[float] = []


async def run() -> list[Figure]:
    async with night(PEOPLE) as here:
        await _sign_in_all(here, Round(), PEOPLE // 10)  # threads, pools and caches as on any evening
        rounds = [await _round(here) for _ in range(ROUNDS)]
    return [
        Figure(
            name="sign-ins",
            unit="/s",
            runs=[one.signed_in / one.took_s for one in rounds],
            reference=[one.raw_per_s for one in rounds],
            reference_name="argon2 hashes/s",
        ),
        Figure(name="signed in", unit="people", runs=[one.signed_in for one in rounds], budget=f"all {PEOPLE}"),
        Figure(name="calls without an answer", unit="", runs=[one.unanswered for one in rounds], budget="0"),
        Figure(name="calls told to come back", unit="", runs=[one.tried_again for one in rounds]),
        Figure(name="longest wait for an answer", unit="s", runs=[max(one.first_answers_s) for one in rounds]),
        Figure(
            name="/healthz meanwhile, 99th percentile",
            unit="ms",
            runs=[quantiles(one.busy_ms, n=100)[98] for one in rounds],
            reference=[quantiles(one.idle_ms, n=100)[98] for one in rounds],
            reference_name="idle",
            budget="under 100 ms",
        ),
        Figure(
            name="ticks of the event loop, later than 100 ms",
            unit="",
            runs=[one.late_ticks for one in rounds],
            reference=[one.ticks for one in rounds],
            reference_name="ticks",
            budget="0",
        ),
        Figure(name="/healthz meanwhile, slowest", unit="ms", runs=[max(one.busy_ms) for one in rounds]),
        Figure(
            name="memory at most, over idle",
            unit="MiB",
            runs=[one.grew_mib for one in rounds],
            reference=[passwords.CORES * 19.0] * len(rounds),
            reference_name="argon2 at work",
        ),
    ]


async def _round(here: Night) -> Round:
    seen = Round()
    seen.raw_per_s = await asyncio.to_thread(_raw_hashes_per_s)
    async with _probed(here, seen.idle_ms):
        await asyncio.sleep(3)
    here.forget_peak()
    before_mib = here.memory_mib()
    ticks, in_time = await _ticks(here)
    async with _probed(here, seen.busy_ms):
        await _sign_in_all(here, seen, PEOPLE)
    seen.grew_mib = here.memory_mib("VmHWM") - before_mib
    ticks_after, in_time_after = await _ticks(here)
    seen.ticks = ticks_after - ticks
    seen.late_ticks = seen.ticks - (in_time_after - in_time)
    return seen


async def _ticks(here: Night) -> tuple[int, int]:
    """How often the loop's clock has ticked, and how often less than 100 ms late."""
    async with aiohttp.ClientSession(here.url) as session, session.get("/metrics") as answer:
        text = await answer.text()
    counts = [re.search(rf"^singr_loop_lag_seconds_{name} (.+)$", text, re.M) for name in ("count", 'bucket{le="0.1"}')]
    ticks, in_time = (int(float(found[1])) for found in counts if found)
    return ticks, in_time


async def _sign_in_all(here: Night, seen: Round, people: int) -> None:
    started = time.perf_counter()
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(
        here.url, connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        await asyncio.gather(*(_sign_in(session, number, seen) for number in range(1, people + 1)))
    seen.took_s = time.perf_counter() - started


async def _sign_in(session: aiohttp.ClientSession, number: int, seen: Round) -> None:
    body = {"email": f"person{number}@example.com", "password": PASSWORD}
    headers, started = somewhere(), time.perf_counter()
    while time.perf_counter() - started < PATIENCE_S:
        asked = time.perf_counter()
        try:
            async with session.post("/v1/auth/signin", json=body, headers=headers) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            seen.unanswered += 1
            return
        seen.first_answers_s.append(time.perf_counter() - asked)
        headers["X-Singr-Device"] = answer.headers.get("X-Singr-Device", headers.get("X-Singr-Device", ""))
        if answer.status not in BUSY:
            seen.signed_in += answer.status == 200
            return
        seen.tried_again += 1
        wait_s = float(answer.headers["Retry-After"])
        if time.perf_counter() + wait_s > started + PATIENCE_S:
            return
        await asyncio.sleep(wait_s)


@asynccontextmanager
async def _probed(here: Night, took_ms: list[float]) -> AsyncIterator[None]:
    probe = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.probe", here.url, stdout=asyncio.subprocess.PIPE
    )
    yield
    probe.terminate()
    said, _ = await probe.communicate()
    took_ms += json.loads(said)


def _raw_hashes_per_s() -> float:
    """As many threads as the product uses, and nothing but hashes."""
    hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    with ThreadPoolExecutor(passwords.CORES) as threads:
        list(threads.map(hasher.hash, [PASSWORD] * passwords.CORES))
        started = time.perf_counter()
        list(threads.map(hasher.hash, [PASSWORD] * REFERENCE_HASHES))
        return REFERENCE_HASHES / (time.perf_counter() - started)
