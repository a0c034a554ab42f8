"""The reference client against real processes that go, come back, fall silent, forget and refuse."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from singr.client import Ledger, Live, Lost
from singr.client.endings import of_code, of_slug
from singr.client.live import Kind
from singr.client.ways import Events, Socket
from singr.realtime import close
from tests.realtime.stage import Process, process
from tests.realtime.waiting import until
from tests.realtime.world import DISPLAY, HOST, World

BOTH = pytest.mark.parametrize("kind", [Socket, Events])


@pytest.fixture
def world() -> World:
    return World()


@asynccontextmanager
async def watching(
    base: str | Callable[[], str], kind: Kind, venue: str = "bar", view: str = "display", **given: Any
) -> AsyncIterator[Live]:
    async with aiohttp.ClientSession() as session:
        live = Live(session, base, venue, view, kinds=(kind,), **given)
        running = asyncio.create_task(live.run())
        try:
            yield live
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def address(one: Process) -> str:
    return str(one.url).rstrip("/")


def shows(live: Live, world: World) -> bool:
    """The truth, and says so."""
    wanted = world.shown(world.version, DISPLAY)["requests"]
    return live.status == "live" and live.version == world.version and live.requests == wanted


@BOTH
async def test_it_shows_what_there_is_and_what_comes(kind: Kind, redis_url: str, world: World) -> None:
    world.put("a", "one")
    async with process(redis_url, world) as one, watching(address(one), kind) as live:
        await until(lambda: shows(live, world))
        await one.publish(world, world.put("b", "two"))
        await one.publish(world, world.drop("a"))
        await until(lambda: shows(live, world))
        assert (live.snapshots, live.resyncs) == (1, 0)


@BOTH
async def test_it_goes_on_at_another_process_with_what_it_missed(kind: Kind, redis_url: str, world: World) -> None:
    async with (
        process(redis_url, world) as other,
        process(redis_url, world) as one,
        watching(address(other), Socket) as elsewhere,
    ):
        homes = iter([address(one)])
        async with watching(lambda: next(homes, address(other)), kind) as live:
            await until(lambda: shows(live, world) and shows(elsewhere, world))
            world.put("a", "while nobody tells")
            await one.hub.drain()
            await until(lambda: shows(live, world) and live.connected == 2)
            assert live.snapshots == 1, "a delta was enough"


@BOTH
async def test_it_says_that_it_may_be_stale_when_nobody_answers(kind: Kind, redis_url: str, world: World) -> None:
    async with process(redis_url, world) as one, watching(address(one), kind) as live:
        await until(lambda: shows(live, world))
        await one.server.close()
        await one.hub.drain()
        await until(lambda: live.status == "stale")


@BOTH
async def test_a_silent_connection_is_given_up(kind: Kind, redis_url: str, world: World) -> None:
    async with process(redis_url, world) as one, watching(address(one), kind) as live:
        await until(lambda: shows(live, world))
        for watcher in one.hub.watchers:
            for seat in watcher.seats:
                one.hub.vacate(seat)
        await until(lambda: live.connected > 1)
        await until(lambda: shows(live, world))


@BOTH
async def test_what_a_server_says_of_itself_is_believed(kind: Kind, redis_url: str, world: World) -> None:
    async with process(redis_url, world) as one, watching(address(one), kind) as live:
        await until(lambda: shows(live, world))
        world.down = True
        await until(lambda: live.status == "stale")
        world.down = False
        await until(lambda: shows(live, world))


@BOTH
async def test_a_gap_makes_it_ask_for_the_snapshot(kind: Kind, redis_url: str, world: World) -> None:
    async with process(redis_url, world) as one, watching(address(one), kind) as live:
        await until(lambda: shows(live, world))
        live.version -= 1  # as if a delta had been lost in between
        await one.publish(world, world.put("a", "one"))
        await until(lambda: shows(live, world))
        assert live.resyncs == 1


async def test_a_heartbeat_ahead_of_it_makes_it_ask(redis_url: str, world: World) -> None:
    world.put("a", "one")
    async with process(redis_url, world) as one, watching(address(one), Socket) as live:
        await until(lambda: shows(live, world))
        live.version, live.requests = 0, {}
        await until(lambda: shows(live, world))


@BOTH
async def test_a_venue_that_is_not_there_ends_it(kind: Kind, redis_url: str, world: World) -> None:
    async with process(redis_url, world) as one, watching(address(one), kind, "nowhere") as live:
        await until(lambda: live.status == "offline")
        assert live.ended
        assert live.ended.why in (close.NOT_FOUND.code, 404)


async def test_transports_take_turns_while_attempts_fail(redis_url: str, world: World) -> None:
    """A proxy that knows no WebSocket."""
    async with process(redis_url, world) as one, aiohttp.ClientSession() as session:
        live = Live(session, address(one), "bar", kinds=(_never, Events))
        running = asyncio.create_task(live.run())
        await until(lambda: shows(live, world))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _never(link: Any) -> Socket:
    """A WebSocket to where nothing listens."""
    return Socket(replace(link, base="http://127.0.0.1:1"))


def test_a_ledger_takes_each_delta_once_and_no_gap() -> None:
    ledger = Ledger()
    assert ledger.take({"type": "snapshot", "epoch": "e", "version": 3, "venue": {}, "requests": [{"id": 1}]})
    delta = {"type": "delta", "epoch": "e", "prev": 3, "version": 4, "ops": [{"op": "remove", "id": 1}]}
    assert ledger.take(delta)
    assert not ledger.take(delta)
    assert (ledger.position, ledger.requests) == ({"epoch": "e", "version": 4}, {})
    for wrong in (delta | {"prev": 5, "version": 6}, delta | {"epoch": "f"}):
        with pytest.raises(Lost):
            ledger.take(wrong)


def test_it_knows_every_ending_of_the_servers_table() -> None:
    for row in close.TABLE:
        assert of_code(row.code).again is (row.then != "stop"), row
        if row.code >= 4400:
            assert of_slug(row.slug).again is (row.then != "stop"), row


async def test_what_comes_while_a_ticket_is_fetched_is_shown(redis_url: str, world: World) -> None:
    """A view that is about to end is renewed aside: tickets take long just when something is wrong."""
    fetched, slow = 0, asyncio.Event()

    async with process(redis_url, world) as one:

        async def ticket() -> str:
            nonlocal fetched
            fetched += 1
            if fetched > 1:
                await slow.wait()
            return await one.ticket(world, HOST, time.time() + 30)

        async with watching(address(one), Socket, view="host", ticket=ticket) as live:
            await until(lambda: fetched > 1, "the server asks for a renewal")
            await one.publish(world, world.put("a", "one"))
            await until(lambda: live.version == world.version)
            assert live.connected == 1
            slow.set()


async def test_for_a_minute_it_tries_again_soon_and_then_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda _least, most: most)
    async with aiohttp.ClientSession() as session:
        client = Live(session, "http://127.0.0.1:9", "bar")
        client._failures = 20
        assert client._pause_s(None) == 5
        client._lost_at -= 61
        assert (client._pause_s(None), client._pause_s(7)) == (30, 7)
