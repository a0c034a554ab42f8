"""Rate limits: GCRA in one Redis script, judged locally (and counted) while Redis is away.

A limit of `hits` per `per_s` seconds lets `hits` calls through at once and then one every `per_s / hits` seconds. The
script returns how far the key is booked ahead; everything a reply tells (remaining, reset, retry) follows from that.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

from msgspec import Struct

from singr.infra.redis import AWAY, Client
from singr.telemetry import metrics

# ARGV three a key: interval ms a call, window ms, 1 if it only counts where the key before it was allowed. Booked time
# is kept in Redis' own milliseconds. Two answers a key.
SCRIPT = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local allowed, judged = 1, {}
for n, key in ipairs(KEYS) do
  local interval, window = tonumber(ARGV[3 * n - 2]), tonumber(ARGV[3 * n - 1])
  local ahead = 0
  if ARGV[3 * n] ~= '1' or allowed == 1 then
    local booked = math.max(tonumber(redis.call('GET', key) or now), now)
    allowed = booked + interval - now > window + 0.5 and 0 or 1
    if allowed == 1 then
      booked = booked + interval
      redis.call('SET', key, string.format('%.3f', booked), 'PX', math.ceil(window + interval))
    end
    ahead = booked - now
  end
  judged[2 * n - 1], judged[2 * n] = allowed, tostring(ahead)
end
return judged
"""
# So many keys keep others of this Redis waiting for a millisecond.
TOGETHER_MAX = 200
LOCAL_KEYS_MAX = 100_000
# A Redis that swallows everything costs its time limit once in this while, not at every call.
ALONE_S = 1.0


class Rate(Struct, frozen=True):
    """`hits` calls per `per_s` seconds for each value of `by`: actor, organization (its people together), device,
    address.

    Each row counts for itself, except that those with the same word in `together` count as one.
    `inside` means the handler judges it: only it knows whose call it is, or its protocol's form of saying no (OpenKJ).
    """

    hits: int
    per_s: int
    by: str = "actor"
    inside: bool = False
    together: str = ""

    def __str__(self) -> str:
        return f"{self.hits}/{self.per_s}s/{self.by}"

    @property
    def spans_ms(self) -> tuple[float, float]:
        """Milliseconds a call and of the window."""
        return self.per_s * 1000 / self.hits, self.per_s * 1000


Limit = tuple[str, Rate]
"""What is counted, and how much of it is allowed."""


class Verdict(Struct, frozen=True):
    allowed: bool
    remaining: int
    reset_s: float
    retry_after_s: float


class _Asked(NamedTuple):
    limits: Sequence[Limit]
    verdicts: asyncio.Future[list[Verdict]]


class Limiter:
    """Judges keys against rates; one instance a process.

    What is asked while Redis answers waits and is asked together: asking costs more than judging.
    """

    def __init__(self, redis: Client, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._script = redis.register_script(SCRIPT)
        self._local: OrderedDict[str, float] = OrderedDict()
        self._clock_s = clock_s
        self._alone_until_s = -math.inf
        self._waiting: list[_Asked] = []
        self._asking: asyncio.Task[None] | None = None

    async def take(self, key: str, rate: Rate) -> Verdict:
        """Count one call of `key`. With Redis away this process judges alone, and asks again a second later."""
        return (await self.take_each([(key, rate)]))[0]

    async def take_each(self, limits: Sequence[Limit]) -> list[Verdict]:
        """Count one call against several limits as far as the first that refuses it; the verdicts so far."""
        if not self._is_alone:
            asked = _Asked(limits, asyncio.get_running_loop().create_future())
            self._waiting.append(asked)
            if self._asking is None:
                self._asking = asyncio.create_task(self._ask())
            if verdicts := await asked.verdicts:
                return verdicts
        metrics.LIMITER_FALLBACKS.inc()
        return self.take_each_here(limits)

    @property
    def _is_alone(self) -> bool:
        return self._clock_s() < self._alone_until_s

    async def _ask(self) -> None:
        """Until nobody waits any more. Who gets no verdicts judges alone."""
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:TOGETHER_MAX], self._waiting[TOGETHER_MAX:]
                found: Iterable[list[Verdict]] = repeat([])
                try:
                    found = await self._judged(together)
                finally:
                    _answer(together, found)
        finally:
            self._asking = None
            _answer(self._waiting, repeat([]))
            self._waiting = []

    async def _judged(self, together: Sequence[_Asked]) -> Iterable[list[Verdict]]:
        args: list[float] = []
        for asked in together:
            for place, (_, rate) in enumerate(asked.limits):
                args += (*rate.spans_ms, int(place > 0))
        if self._is_alone:
            return repeat([])
        try:
            keys = [f"{{limit}}:{key}" for asked in together for key, _ in asked.limits]
            told = await self._script(keys=keys, args=args)
        except AWAY:
            self._alone_until_s = self._clock_s() + ALONE_S
            return repeat([])
        answers = zip(told[::2], told[1::2], strict=True)
        each = [[_told(rate, *next(answers)) for _, rate in asked.limits] for asked in together]
        return [list(_to_first_refusal(verdicts)) for verdicts in each]

    def take_each_here(self, limits: Sequence[Limit]) -> list[Verdict]:
        """`take_each`, counted in this process alone."""
        return list(_to_first_refusal(self.take_here(key, rate) for key, rate in limits))

    def take_here(self, key: str, rate: Rate) -> Verdict:
        """Count one call in this process alone: for hot paths whose limit only has to stop runaways."""
        interval_ms, window_ms = rate.spans_ms
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


def _to_first_refusal(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    for verdict in verdicts:
        yield verdict
        if not verdict.allowed:
            return


def _told(rate: Rate, allowed: int, ahead_ms: bytes) -> Verdict:
    return _verdict(bool(allowed), float(ahead_ms), *rate.spans_ms)


def _answer(together: Iterable[_Asked], found: Iterable[list[Verdict]]) -> None:
    for asked, verdicts in zip(together, found, strict=False):
        if not asked.verdicts.done():  # by a caller that has gone
            asked.verdicts.set_result(verdicts)


def _verdict(allowed: bool, ahead_ms: float, interval_ms: float, window_ms: float) -> Verdict:
    remaining = int((window_ms - ahead_ms + 0.5) // interval_ms)
    retry_after_s = 0.0 if allowed else (ahead_ms + interval_ms - window_ms) / 1000
    return Verdict(allowed, max(remaining, 0), ahead_ms / 1000, retry_after_s)
