"""Does the time of a refusal tell which addresses exist? Known and unknown ones, interleaved, and a rank test.

The p-value is Mann and Whitney's, two-sided, by the normal approximation (good from 20 samples on): below 0.01 the two
can be told apart by this many samples.
"""

from __future__ import annotations

import random
import time
from statistics import NormalDist

import aiohttp

from bench.figures import Figure
from bench.night import night, somewhere

SAMPLES = 300
WARM_UP = 20


async def run() -> list[Figure]:
    known, unknown = await _refusals()
    p = p_value(known, unknown)
    return [
        Figure(
            name="refusal of a known address",
            unit="ms",
            runs=known,
            reference=unknown,
            reference_name="unknown address",
        ),
        Figure(name="p-value of the difference", unit="", runs=[p], budget="over 0.01"),
    ]


async def _refusals() -> tuple[list[float], list[float]]:
    names = [("person{}", n) for n in range(1, SAMPLES + 1)] + [("nobody{}", n) for n in range(1, SAMPLES + 1)]
    random.shuffle(names)
    known: list[float] = []
    unknown: list[float] = []
    async with night(SAMPLES) as here, aiohttp.ClientSession(here.url, cookie_jar=aiohttp.DummyCookieJar()) as session:
        for n in range(WARM_UP):
            await _refused_ms(session, f"warm{n}@example.com")
        for name, n in names:
            took_ms = await _refused_ms(session, name.format(n) + "@example.com")
            (known if name == "person{}" else unknown).append(took_ms)
    return known, unknown


async def _refused_ms(session: aiohttp.ClientSession, email: str) -> float:
    body, started = {"email": email, "password": "not-the-right-one"}, time.perf_counter()
    async with session.post("/v1/auth/signin", json=body, headers=somewhere()) as answer:
        await answer.read()
        if answer.status != 401:
            raise RuntimeError(f"expected a refusal, got {answer.status}")
    return (time.perf_counter() - started) * 1000


def p_value(one: list[float], other: list[float]) -> float:
    """How likely ranks differ so much if both come from the same distribution (ties are not corrected for)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, whose) in enumerate(ranked, 1) if whose == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    deviation = (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - NormalDist().cdf(abs(u - n * m / 2) / deviation))
