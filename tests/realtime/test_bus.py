"""The bus on a real Redis that is stopped, paused, cut off and lied to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from singr.infra import bus
from singr.infra.bus import Bus, BusDown, Pace
from singr.telemetry import metrics
from tests.realtime.waiting import until
from tests.services import Server

QUICK = Pace(publish_s=0.25, confirm_s=0.5, echo_s=0.1, retry_min_s=0.02, retry_max_s=0.1)


class Ear:
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def __call__(self, payload: bytes) -> None:
        self.heard.append(payload)


@asynccontextmanager
async def pair(url: str) -> AsyncIterator[tuple[Bus, Bus]]:
    """Two processes' buses on one Redis."""
    async with bus.opened(url, QUICK) as one, bus.opened(url, QUICK) as other:
        yield one, other


async def reaches(speaker: Bus, ear: Ear) -> None:
    """Hints get through again: say something until it is heard."""
    for _ in range(400):
        await speaker.publish("night", b"now?")
        await asyncio.sleep(0.02)
        if ear.heard:
            return
    pytest.fail("nothing was heard")


async def test_what_one_process_publishes_another_hears(redis_url: str) -> None:
    async with pair(redis_url) as (one, other):
        ear = Ear()
        await other.subscribe("night", ear)
        await one.publish("night", b"hello")
        await until(lambda: ear.heard == [b"hello"])


async def test_what_is_posted_is_heard_here_and_elsewhere(redis_url: str) -> None:
    async with pair(redis_url) as (one, other):
        here, there = Ear(), Ear()
        await one.subscribe("night", here)
        await other.subscribe("night", there)
        assert one.post("night", b"hello")
        await until(lambda: b"hello" in here.heard)
        await until(lambda: there.heard == [b"hello"])


async def test_what_cannot_be_posted_is_left_to_the_caller_and_what_gets_lost_is_counted(redis_server: Server) -> None:
    async with bus.opened(redis_server.url, replace(QUICK, echo_s=60)) as alone:
        ear = Ear()
        await alone.subscribe("night", ear)
        await until(lambda: alone.post("night", b"first"))
        lost = metrics.HINTS_LOST._value.get()
        redis_server.pause()
        assert alone.post("night", b"into the silence")
        await until(lambda: metrics.HINTS_LOST._value.get() > lost)
        redis_server.kill()
        await until(lambda: not alone.post("night", b"to nobody"))
        assert b"into the silence" in ear.heard


async def test_a_subscription_hears_all_that_is_published_after_it_returns(redis_url: str) -> None:
    async with pair(redis_url) as (one, other):
        ears: defaultdict[int, Ear] = defaultdict(Ear)
        for n in range(50):
            await other.subscribe(f"night-{n}", ears[n])
            await one.publish(f"night-{n}", b"first")
        await until(lambda: all(ear.heard for ear in ears.values()))


async def test_who_unsubscribes_hears_nothing_more(redis_url: str) -> None:
    async with pair(redis_url) as (one, other):
        former, ear = Ear(), Ear()
        await other.subscribe("former", former)
        await other.subscribe("night", ear)
        await other.unsubscribe("former")
        await one.publish("former", b"too late")
        await reaches(one, ear)
        assert former.heard == []


async def test_a_channel_left_and_entered_again_is_heard(redis_url: str) -> None:
    async with pair(redis_url) as (one, other):
        ear = Ear()
        await other.subscribe("night", Ear())
        await asyncio.gather(other.unsubscribe("night"), other.subscribe("night", ear))
        await one.publish("night", b"hello")
        await until(lambda: ear.heard == [b"hello"])


async def test_a_failing_subscriber_disturbs_nobody(redis_url: str) -> None:
    async with pair(redis_url) as (one, other):

        def fail(_payload: bytes) -> None:
            raise RuntimeError("a mistake")

        ear = Ear()
        await other.subscribe("broken", fail)
        await other.subscribe("night", ear)
        await one.publish("broken", b"")
        await one.publish("night", b"hello")
        await until(lambda: ear.heard == [b"hello"])


async def test_a_process_hears_itself_without_redis(redis_server: Server) -> None:
    async with bus.opened(redis_server.url, QUICK) as alone:
        redis_server.stop()
        await until(lambda: not alone.listening)
        ear = Ear()
        with pytest.raises(BusDown):
            await alone.subscribe("night", ear)
        await alone.publish("night", b"hello")
        assert ear.heard == [b"hello"]


async def test_a_redis_that_was_restarted_is_subscribed_again(redis_server: Server) -> None:
    async with pair(redis_server.url) as (one, other):
        before, meanwhile, told = Ear(), Ear(), Ear()
        other.on_resubscribed.append(lambda: told(b""))
        await other.subscribe("before", before)
        redis_server.stop()
        await until(lambda: not other.listening)
        with pytest.raises(BusDown):
            await other.subscribe("night", meanwhile)
        redis_server.start()
        await reaches(one, meanwhile)
        await one.publish("before", b"again")
        await until(lambda: b"again" in before.heard)
        assert told.heard


async def test_a_killed_subscription_is_rebuilt(redis_url: str) -> None:
    async with pair(redis_url) as (one, other), Redis.from_url(redis_url) as redis:
        ear, told = Ear(), Ear()
        await other.subscribe("night", ear)
        other.on_resubscribed.append(lambda: told(b""))
        await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
        await until(lambda: told.heard)
        await one.publish("night", b"hello")
        await until(lambda: b"hello" in ear.heard)


async def test_a_redis_that_says_nothing_is_noticed_and_left(redis_server: Server) -> None:
    """Half open: the connection stays, nothing comes. Only the echo can tell."""
    async with pair(redis_server.url) as (one, other):
        ear = Ear()
        await other.subscribe("night", ear)
        redis_server.pause()
        await until(lambda: not other.listening)
        redis_server.resume()
        await reaches(one, ear)


async def test_publishing_ends_in_time_when_redis_says_nothing(redis_server: Server) -> None:
    async with bus.opened(redis_server.url, QUICK) as alone:
        redis_server.pause()
        async with asyncio.timeout(30):
            await asyncio.gather(*(alone.publish("night", b"") for _ in range(100)))


async def test_a_lost_link_in_one_direction_is_noticed(redis_url: str) -> None:
    """The process still sends, but Redis no longer delivers to it (the subscription is gone, the connection is not)."""
    async with bus.opened(redis_url, QUICK) as deaf:
        ear, told = Ear(), Ear()
        await deaf.subscribe("night", ear)
        deaf.on_resubscribed.append(lambda: told(b""))
        await deaf.lines[0].connection.send_command("UNSUBSCRIBE")
        await until(lambda: told.heard, "the echo probe rebuilds the connection")


async def test_a_bus_that_finds_no_redis_starts_all_the_same(redis_server: Server) -> None:
    redis_server.stop()
    async with bus.opened(redis_server.url, QUICK) as alone:
        assert not alone.listening
        redis_server.start()
        await until(lambda: alone.listening)
