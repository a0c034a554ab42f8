"""Limits: a burst, then one call an interval, judged alike by Redis and by a process on its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as Away

from singr.infra import limits, redis
from singr.infra.limits import SCRIPT, Limiter, Rate, Verdict
from singr.infra.redis import Client
from singr.telemetry import metrics
from tests.services import Server

TEN = Rate(10, per_s=60)


class Elsewhere:
    """A Redis that is away, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def register_script(self, _text: str) -> Any:
        async def run(**_given: Any) -> None:
            self.asked += 1
            raise Away

        return run


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def alone() -> tuple[Limiter, Clock]:
    clock = Clock()
    return Limiter(cast(Client, Elsewhere()), clock), clock


def fallbacks() -> float:
    return float(metrics.LIMITER_FALLBACKS._value.get())


def test_a_burst_then_one_an_interval() -> None:
    limiter, clock = alone()
    burst = [limiter.take_here("k", TEN) for _ in range(11)]
    assert [verdict.allowed for verdict in burst] == [True] * 10 + [False]
    assert [verdict.remaining for verdict in burst] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
    assert burst[-1].retry_after_s == pytest.approx(6)
    assert burst[-1].reset_s == pytest.approx(60)
    clock.now_s += 5.9
    assert not limiter.take_here("k", TEN).allowed
    clock.now_s += 0.1
    assert [limiter.take_here("k", TEN).allowed for _ in range(2)] == [True, False]


def test_after_a_whole_window_the_burst_is_there_again() -> None:
    limiter, clock = alone()
    for _ in range(20):
        limiter.take_here("k", TEN)
    clock.now_s += 60
    assert [limiter.take_here("k", TEN).allowed for _ in range(11)] == [True] * 10 + [False]


def test_keys_do_not_know_each_other() -> None:
    limiter, _ = alone()
    once = Rate(1, per_s=60)
    assert [limiter.take_here(key, once).allowed for key in "aab"] == [True, False, True]


rates = st.builds(Rate, st.integers(1, 50), per_s=st.integers(1, 3600))
pauses_s = st.lists(st.floats(0, 100, allow_nan=False), max_size=60)


@given(rates, pauses_s)
def test_no_window_holds_more_than_two_bursts_and_what_is_told_holds(rate: Rate, pauses: list[float]) -> None:
    limiter, clock = alone()
    allowed_at: list[float] = []
    for pause_s in pauses:
        clock.now_s += pause_s
        verdict = limiter.take_here("k", rate)
        assert 0 <= verdict.remaining < rate.hits
        if verdict.allowed:
            assert verdict.retry_after_s == 0
            allowed_at.append(clock.now_s)
        else:
            assert 0 < verdict.retry_after_s <= rate.per_s / rate.hits + 0.001
            assert verdict.remaining == 0
    for start_s in allowed_at:
        assert len([at for at in allowed_at if start_s <= at < start_s + rate.per_s]) <= 2 * rate.hits


@given(rates, pauses_s)
def test_who_comes_back_when_told_is_let_in(rate: Rate, pauses: list[float]) -> None:
    limiter, clock = alone()
    for pause_s in pauses:
        clock.now_s += pause_s
        verdict = limiter.take_here("k", rate)
        if not verdict.allowed:
            clock.now_s += verdict.retry_after_s + 0.001
            assert limiter.take_here("k", rate).allowed


def test_what_is_remembered_is_bounded_and_the_least_used_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOCAL_KEYS_MAX", 3)
    limiter, _ = alone()
    twice = Rate(2, per_s=60)
    for key in ("busy", "a", "b", "busy", "c", "d"):
        limiter.take_here(key, twice)
    assert len(limiter._local) == 3
    assert not limiter.take_here("busy", twice).allowed


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Client]:
    async with redis.opened(redis_url) as opened:
        yield opened


async def by_redis(client: Client, now_ms: int, rate: Rate) -> Verdict:
    """As `Limiter.take` asks Redis, at a time of the test's."""
    frozen = client.register_script(SCRIPT.replace("redis.call('TIME')", f"{{{now_ms // 1000}, {now_ms % 1000}000}}"))
    interval_ms, window_ms = rate.per_s * 1000 / rate.hits, rate.per_s * 1000
    allowed, ahead = await frozen(keys=["{limit}:k"], args=[interval_ms, window_ms])
    return limits._verdict(bool(allowed), float(ahead), interval_ms, window_ms)


@pytest.mark.parametrize("rate", [TEN, Rate(1, per_s=3600), Rate(3, per_s=1), Rate(7, per_s=10), Rate(600, per_s=60)])
async def test_redis_judges_as_a_process_alone_does(rate: Rate, client: Client) -> None:
    limiter, clock = alone()
    now_ms = 1_700_000_000_000
    for step_ms in (0, 0, 1, 30, 200, 0, 0, 500, 999, 0, 2000, 6000, 0, 100, 3_600_000, 0):
        now_ms += step_ms
        clock.now_s = now_ms / 1000
        here, there = limiter.take_here("k", rate), await by_redis(client, now_ms, rate)
        assert (there.allowed, there.remaining) == (here.allowed, here.remaining)
        assert there.reset_s == pytest.approx(here.reset_s, abs=0.002)
        assert there.retry_after_s == pytest.approx(here.retry_after_s, abs=0.002)


async def test_processes_share_a_limit_and_redis_forgets_it_in_time(client: Client) -> None:
    one, other = Limiter(client), Limiter(client)
    hourly = Rate(2, per_s=3600)
    verdicts = [await limiter.take("k", hourly) for limiter in (one, other, one)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, False]
    assert verdicts[2].retry_after_s == pytest.approx(1800, abs=30)
    left_ms = await client.pttl("{limit}:k")
    assert 0 < left_ms <= 5400_000


async def test_with_redis_away_a_process_judges_alone_counts_it_and_does_not_ask_at_every_call() -> None:
    away, clock = Elsewhere(), Clock()
    limiter, before = Limiter(cast(Client, away), clock), fallbacks()
    verdicts = [await limiter.take("k", Rate(2, per_s=60)) for _ in range(3)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, False]
    assert fallbacks() == before + 3
    assert away.asked == 1
    clock.now_s += limits.ALONE_S
    await limiter.take("k", TEN)
    assert away.asked == 2


class Counting:
    """A Redis that counts how often its scripts are run."""

    def __init__(self, client: Client) -> None:
        self._client, self.asked = client, 0

    def register_script(self, text: str) -> Any:
        script = self._client.register_script(text)

        async def run(**given: Any) -> Any:
            self.asked += 1
            return await script(**given)

        return run


async def test_calls_that_come_at_once_are_asked_about_together(client: Client) -> None:
    counting = Counting(client)
    limiter = Limiter(cast(Client, counting))
    verdicts = await asyncio.gather(*(limiter.take("k", TEN) for _ in range(30)), limiter.take("other", TEN))
    assert [verdict.allowed for verdict in verdicts] == [True] * 10 + [False] * 20 + [True]
    assert counting.asked == 1


async def test_a_refused_call_is_not_counted_by_the_limits_behind(client: Client) -> None:
    once, elsewhere = Rate(1, per_s=3600), alone()[0]
    for limiter in (Limiter(client), elsewhere):
        turns = [await limiter.take_each([("first", once), ("second", TEN)]) for _ in range(3)]
        assert [[verdict.allowed for verdict in turn] for turn in turns] == [[True, True], [False], [False]]
        assert (await limiter.take("second", TEN)).remaining == 8


async def test_a_redis_that_goes_away_is_waited_for_once_however_many_ask() -> None:
    away = Elsewhere()
    limiter = Limiter(cast(Client, away))
    verdicts = await asyncio.gather(*(limiter.take("k", TEN) for _ in range(limits.TOGETHER_MAX + 5)))
    assert sum(verdict.allowed for verdict in verdicts) == 10
    assert away.asked == 1


async def test_whoever_goes_while_redis_is_asked_takes_nobody_along(client: Client) -> None:
    limiter = Limiter(client)
    gone, stays = (asyncio.create_task(limiter.take("k", TEN)) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).remaining == 8


async def test_limits_outlast_a_stop_of_redis(redis_server: Server) -> None:
    clock = Clock()
    async with redis.opened(redis_server.url) as client:
        limiter, before = Limiter(client, clock), fallbacks()
        assert (await limiter.take("k", TEN)).allowed
        await asyncio.to_thread(redis_server.stop)
        assert (await limiter.take("k", TEN)).allowed
        assert fallbacks() == before + 1
        await asyncio.to_thread(redis_server.start)
        clock.now_s += limits.ALONE_S
        assert (await limiter.take("k", TEN)).allowed
        assert fallbacks() == before + 1
