"""What operators see of the live part: who is there, and how old what they show is."""

from __future__ import annotations

import asyncio
import json
import time

import msgspec
from prometheus_client import REGISTRY

from tests.heard import Heard
from tests.realtime.stage import QUICK, Crowd, Process, process, shows_the_truth
from tests.realtime.waiting import until
from tests.realtime.world import World


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"singr_live_{name}", labels) or 0


async def test_pongs_tell_how_old_a_clients_view_is(people: Crowd, one: Process, world: World) -> None:
    before, beyond = measured("staleness_seconds_count"), measured("staleness_seconds_sum")
    socket = await people.socket(one)
    screen = await socket.hello(world)
    await shows_the_truth(screen)
    await socket.send(type="pong", version=0)
    await until(lambda: measured("staleness_seconds_count") == before + 1)
    assert measured("staleness_seconds_sum") == beyond, "nothing newer was told"
    await one.publish(world, world.put("r1", "song"))
    await shows_the_truth(screen)
    await socket.send(type="pong", version=1)
    await socket.send(type="pong", version=0)
    await until(lambda: measured("staleness_seconds_count") == before + 3)
    assert measured("staleness_seconds_sum") > beyond


async def test_connections_and_rooms_are_counted(people: Crowd, one: Process, world: World) -> None:
    sockets, streams = (measured("connections", transport=kind) for kind in ("websocket", "events"))
    socket, stream = await people.socket(one), await people.stream(one, world)
    await shows_the_truth(await socket.hello(world), stream.screen)
    assert measured("connections", transport="websocket") == sockets + 1
    assert measured("connections", transport="events") == streams + 1
    assert measured("rooms") == 1
    assert REGISTRY.get_sample_value("singr_tasks")
    await socket.ws.close()
    await until(lambda: measured("connections", transport="websocket") == sockets)


async def test_a_hint_that_was_lost_shows_where_it_was_made_up_for(people: Crowd, one: Process, world: World) -> None:
    assert REGISTRY.get_sample_value("singr_bus_listening") == 1
    screen = await (await people.socket(one)).hello(world)
    await shows_the_truth(screen)
    healed = measured("healed_total")
    await one.publish(world, world.put("r1", "told"))
    await shows_the_truth(screen)
    assert measured("healed_total") == healed
    world.put("r2", "told to nobody")
    await shows_the_truth(screen)
    assert measured("healed_total") == healed + 1


async def test_rooms_that_may_be_stale_are_counted(people: Crowd, one: Process, world: World) -> None:
    await shows_the_truth(await (await people.socket(one)).hello(world))
    assert measured("stale_rooms") == 0
    world.down = True
    await until(lambda: measured("stale_rooms") == 1)
    world.down = False
    await until(lambda: measured("stale_rooms") == 0)


async def test_a_delivery_is_what_was_written_and_not_what_was_skipped(
    people: Crowd, one: Process, world: World
) -> None:
    screens = [await (await people.socket(one)).hello(world) for _ in range(2)]
    await shows_the_truth(*screens)
    written, skipping = measured("deliveries_total"), next(iter(one.hub.watchers))
    skipping.pause_writing()
    await one.publish(world, world.put("r1", "for one of them"))
    await until(lambda: any(screen.position == world.position for screen in screens))
    assert measured("deliveries_total") == written + 1
    skipping.resume_writing()
    await shows_the_truth(*screens)


async def test_what_blocks_the_loop_is_logged(redis_url: str, world: World, heard: Heard) -> None:
    async with process(redis_url, world, tempo=msgspec.structs.replace(QUICK, lag_max_s=0.2)):
        asyncio.get_running_loop().call_soon(time.sleep, 0.5)
        await until(lambda: any("the event loop was blocked" in line for line in heard.lines))
    told = next(json.loads(line) for line in heard.lines if "the event loop was blocked" in line)
    assert told["level"] == "warning"
    assert told["seconds"] >= 0.2
