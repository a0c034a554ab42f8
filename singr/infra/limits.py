"""Rate limits: GCRA in one Redis script, judged locally (and counted) while Redis is away.

A limit of `hits` per `per_s` seconds lets `hits` calls through at once and then one every `per_s / hits` seconds. The
script returns how far the key is booked ahead; everything a reply tells (remaining, reset, retry) follows from that.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct
from redis.asyncio import Redis

from singr.infra.redis import AWAY
from singr.telemetry import metrics

# KEYS[1] key; ARGV[1] interval ms a call, ARGV[2] window ms. Booked time is kept in Redis' own milliseconds.
SCRIPT = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local interval, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local booked = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
if booked + interval - now > window + 0.5 then
  return {0, tostring(booked - now)}
end
redis.call('SET', KEYS[1], string.format('%.3f', booked + interval), 'PX', math.ceil(window + interval))
return {1, tostring(booked + interval - now)}
"""
LOCAL_KEYS_MAX = 100_000
# A Redis that swallows everything costs its time limit once in this while, not at every call.
ALONE_S = 1.0


class Rate(Struct, frozen=True):
    """`hits` calls per `per_s` seconds for each value of `by`: actor, organization (its people together), device,
    address.

    `inside` means the handler judges it: only it knows whose call it is, or its protocol's form of saying no (OpenKJ).
    """

    hits: int
    per_s: int
    by: str = "actor"
    inside: bool = False

    def __str__(self) -> str:
        return f"{self.hits}/{self.per_s}s/{self.by}"


class Verdict(Struct, frozen=True):
    allowed: bool
    remaining: int
    reset_s: float
    retry_after_s: float


class Limiter:
    """Judges keys against rates; one instance a process."""

    def __init__(self, redis: Redis, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._script = redis.register_script(SCRIPT)
        self._local: OrderedDict[str, float] = OrderedDict()
        self._clock_s = clock_s
        self._alone_until_s = -math.inf

    async def take(self, key: str, rate: Rate) -> Verdict:
        """Count one call of `key`. With Redis away this process judges alone, and asks again a second later."""
        interval_ms, window_ms = rate.per_s * 1000 / rate.hits, rate.per_s * 1000
        if self._clock_s() >= self._alone_until_s:
            try:
                allowed, ahead = await self._script(keys=[f"limit:{key}"], args=[interval_ms, window_ms])
                return _verdict(bool(allowed), float(ahead), interval_ms, window_ms)
            except AWAY:
                self._alone_until_s = self._clock_s() + ALONE_S
        metrics.LIMITER_FALLBACKS.inc()
        return self.take_here(key, rate)

    def take_here(self, key: str, rate: Rate) -> Verdict:
        """Count one call in this process alone: for hot paths whose limit only has to stop runaways."""
        interval_ms, window_ms = rate.per_s * 1000 / rate.hits, rate.per_s * 1000
        return _verdict(*self._judge(key, interval_ms, window_ms), interval_ms, window_ms)

    def _judge(self, key: str, interval_ms: float, window_ms: float) -> tuple[bool, float]:
        now = self._clock_s() * 1000
        booked = max(self._local.get(key, now), now)
        if booked + interval_ms - now > window_ms + 0.5:
            return False, booked - now
        self._local[key] = booked + interval_ms
        self._local.move_to_end(key)
        if len(self._local) > LOCAL_KEYS_MAX:
            self._local.popitem(last=False)
        return True, booked + interval_ms - now


def _verdict(allowed: bool, ahead_ms: float, interval_ms: float, window_ms: float) -> Verdict:
    remaining = int((window_ms - ahead_ms + 0.5) // interval_ms)
    retry_after_s = 0.0 if allowed else (ahead_ms + interval_ms - window_ms) / 1000
    return Verdict(allowed, max(remaining, 0), ahead_ms / 1000, retry_after_s)
