"""Clients that read slowly or not at all: no queue grows for them, and nobody else notices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from tests.realtime.raw import UPGRADE, RawClient
from tests.realtime.stage import QUICK, Crowd, Process, process, shows_the_truth
from tests.realtime.waiting import until
from tests.realtime.world import DISPLAY, Screen, World

LARGE = "a very long song title " * 900
BOTH = pytest.mark.parametrize("transport", ["websocket", "sse"])
Next = Callable[[], Awaitable[dict[str, Any] | int]]


@pytest.fixture
async def patient(redis_url: str, world: World) -> AsyncIterator[Process]:
    """A process that waits long for slow clients."""
    async with process(redis_url, world, tempo=msgspec.structs.replace(QUICK, behind_s=60)) as started:
        yield started


@asynccontextmanager
async def slow(transport: str, one: Process, world: World) -> AsyncIterator[Next]:
    """A client that has been seated and reads on demand."""
    client = await RawClient.connect(one.url)
    try:
        if transport == "sse":
            await client.ask("GET /v1/live/venues/bar/events HTTP/1.1\r\nHost: x\r\n\r\n")
        else:
            await client.ask(UPGRADE)
            client.send(type="hello", venue="bar", view="display")
        await until(lambda: any(watcher.seats for watcher in one.hub.watchers))
        yield client.event if transport == "sse" else client.message
    finally:
        client.close()


async def overwhelm(one: Process, world: World) -> None:
    """Tell so much that nobody who does not read can keep up."""
    for n in range(400):
        await one.publish(world, world.put(f"r{n % 3}", f"{n} {LARGE}"))
        await until(lambda: one.room(world).room.position == world.position)
        if one.hub.behind:
            return
    pytest.fail("nobody fell behind")


@BOTH
async def test_a_slow_client_skips_to_the_newest_snapshot(
    transport: str, people: Crowd, patient: Process, world: World
) -> None:
    async with slow(transport, patient, world) as following:
        screen = await (await people.socket(patient)).hello(world)
        await shows_the_truth(screen)
        await overwhelm(patient, world)
        for n in range(100):
            await patient.publish(world, world.put("r1", f"skipped {n}"))
        await shows_the_truth(screen)
        [behind] = patient.hub.behind
        assert behind.transport.get_write_buffer_size() < 3 * QUICK.buffer_max, "nothing is queued"
        late = Screen(world, DISPLAY)
        while late.position != world.position:
            message = await following()
            assert isinstance(message, dict)
            late.hear(message)
        assert late.snapshots == 2
        assert not patient.hub.behind
        assert screen.snapshots == 1


async def test_what_is_being_gathered_does_not_overtake_the_snapshot(patient: Process, world: World) -> None:
    async with slow("websocket", patient, world) as following:
        await overwhelm(patient, world)
        room = patient.room(world)
        room.heard(world.put("r1", "skipped"))
        room.flush()
        room._flushed_at += 3600  # from now on everything is gathered
        room.heard(world.put("r1", "gathered"))
        late = Screen(world, DISPLAY)
        while late.position != world.position:
            message = await following()
            assert isinstance(message, dict)
            late.hear(message)
        assert late.snapshots == 2


@BOTH
async def test_a_client_that_never_reads_is_closed(transport: str, redis_url: str, world: World) -> None:
    hasty = msgspec.structs.replace(QUICK, behind_s=0.2, goodbye_s=0.2)
    async with process(redis_url, world, tempo=hasty) as one, slow(transport, one, world):
        await overwhelm(one, world)
        await until(lambda: not one.hub.watchers)


async def test_a_client_that_is_too_slow_can_read_why(redis_url: str, world: World) -> None:
    hasty = msgspec.structs.replace(QUICK, behind_s=0.1, goodbye_s=60)
    async with process(redis_url, world, tempo=hasty) as one, slow("websocket", one, world) as following:
        await overwhelm(one, world)
        await until(lambda: len(one.room(world).audience) == 0)
        while isinstance(message := await following(), dict):
            pass
        assert message == 4001


async def test_a_snapshot_larger_than_the_buffer_arrives(people: Crowd, one: Process, world: World) -> None:
    for n in range(30):
        world.put(f"r{n}", LARGE)
    socket, stream = await people.socket(one), await people.stream(one, world)
    screen = await socket.hello(world)
    await shows_the_truth(screen, stream.screen)
    await one.publish(world, world.put("r1", "small"))
    await shows_the_truth(screen, stream.screen)
