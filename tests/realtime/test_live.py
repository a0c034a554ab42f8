"""Watching, over both transports: what is shown is the truth, soon, whatever gets lost on the way."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from singr.realtime.state import Viewer
from tests.realtime.stage import Crowd, Process, Socket, Stream, process, shows_the_truth
from tests.realtime.waiting import until
from tests.realtime.world import DISPLAY, HOST, Screen, World, singer
from tests.services import Server

EVERY_VIEW = pytest.mark.parametrize(
    "viewer", [HOST, DISPLAY, singer("ann"), singer("bo")], ids=["host", "display", "ann", "bo"]
)
BOTH = pytest.mark.parametrize("transport", ["websocket", "sse"])


async def watch(people: Crowd, transport: str, at: Process, world: World, viewer: Viewer = DISPLAY) -> Screen:
    """A screen that shows the venue's present state."""
    if transport == "sse":
        screen = (await people.stream(at, world, viewer)).screen
    else:
        screen = await (await people.socket(at)).hello(world, viewer)
    await shows_the_truth(screen)
    return screen


@EVERY_VIEW
async def test_a_watcher_sees_what_there_is_and_what_comes(
    viewer: Viewer, people: Crowd, one: Process, world: World
) -> None:
    world.put("r1", "before anybody looked", owner="ann")
    screen = await watch(people, "websocket", one, world, viewer)
    for n in range(5):
        await one.publish(world, world.put(f"r{n}", f"song {n}", owner="ann" if n % 2 else "bo", shy=n == 3))
    await one.publish(world, world.drop("r1"))
    await one.publish(world, world.rename("The Bell"))
    await shows_the_truth(screen)
    assert screen.snapshots == 1


@BOTH
async def test_ready_comes_first_and_says_what_to_expect(
    transport: str, people: Crowd, one: Process, world: World
) -> None:
    screen = await watch(people, transport, one, world)
    client = people.clients[0]
    ready = client.said[0]
    assert ready["type"] == "ready"
    assert (ready["venue"], ready["view"], ready["heartbeatS"], ready["expiresAt"]) == ("bar", "display", 0.2, None)
    assert ready["connection"]
    assert screen.snapshots == 1


@BOTH
async def test_a_hint_that_never_came_is_healed_by_the_sweep(
    transport: str, people: Crowd, one: Process, world: World
) -> None:
    screen = await watch(people, transport, one, world)
    world.put("r1", "nobody tells")
    world.drop("r1")
    world.put("r2", "nobody tells")
    await shows_the_truth(screen)
    assert screen.snapshots == 1, "healed by a delta"


@BOTH
async def test_hints_doubled_and_out_of_order_make_no_difference(
    transport: str, people: Crowd, one: Process, world: World
) -> None:
    screen = await watch(people, transport, one, world)
    hints = [world.put(f"r{n}", "song") for n in range(10)]
    for hint in (*reversed(hints), *hints):
        await one.publish(world, hint)
    await shows_the_truth(screen)


@BOTH
async def test_a_hint_nobody_can_read_makes_the_room_look(
    transport: str, people: Crowd, one: Process, world: World
) -> None:
    screen = await watch(people, transport, one, world)
    world.put("r1", "song")
    await one.publish(world, b"\x00 not a hint")
    await shows_the_truth(screen)


@BOTH
async def test_a_new_epoch_is_shown_from_a_snapshot(transport: str, people: Crowd, one: Process, world: World) -> None:
    screen = await watch(people, transport, one, world)
    await one.publish(world, world.put("r1", "song"))
    await shows_the_truth(screen)
    world.begin("epoch-2")
    world.put("r9", "after the restore")
    await shows_the_truth(screen)
    assert screen.snapshots == 2


async def test_a_stream_resumes_from_the_last_event_id(people: Crowd, one: Process, world: World) -> None:
    await watch(people, "websocket", one, world)  # keeps the room open
    first = await people.stream(one, world)
    await one.publish(world, world.put("r1", "song"))
    await shows_the_truth(first.screen)
    first.response.close()
    await one.publish(world, world.put("r2", "while away"))
    again = await people.stream(one, world, headers={"Last-Event-ID": first.last_id})
    again.screen = first.screen
    await shows_the_truth(first.screen)
    assert first.screen.snapshots == 1
    assert [message["type"] for message in again.said[:2]] == ["ready", "delta"]


async def test_a_new_event_source_resumes_by_its_query(people: Crowd, one: Process, world: World) -> None:
    await one.publish(world, world.put("r1", "song"))
    url = (one.url / "v1/live/venues/bar/events").with_query(lastEventId=f"{world.epoch}:{world.version}")
    response = await people.session.get(url)
    stream = Stream(response, Screen(world, DISPLAY))
    people.clients.append(stream)
    await until(lambda: stream.of_type("heartbeat"))
    assert not stream.of_type("snapshot")


@EVERY_VIEW
async def test_a_socket_resumes_from_epoch_and_version(
    viewer: Viewer, people: Crowd, one: Process, world: World
) -> None:
    await watch(people, "websocket", one, world)  # keeps the room open
    screen = await watch(people, "websocket", one, world, viewer)
    former = people.clients[1]
    assert isinstance(former, Socket)
    await former.ws.close()
    for n in range(5):
        await one.publish(world, world.put(f"r{n}", "while away", owner="ann"))
    again = await people.socket(one)
    again.screens[world.url_name] = screen
    await again.hello(world, viewer, epoch=screen.epoch, version=screen.version)
    await shows_the_truth(screen)
    assert screen.snapshots == 1


async def test_who_has_seen_more_than_this_process_is_not_sent_back(people: Crowd, one: Process, world: World) -> None:
    """A client comes from a process that heard the hint to one that has not."""
    await watch(people, "websocket", one, world)
    hint = world.put("r1", "heard elsewhere")
    socket = await people.socket(one)
    ahead = Screen(world, DISPLAY, epoch=world.epoch, version=world.version)
    socket.screens[world.url_name] = ahead
    await socket.hello(world, epoch=ahead.epoch, version=ahead.version)
    await until(lambda: socket.of_type("heartbeat"))
    await one.publish(world, hint)
    assert socket.of_type("snapshot") == []
    assert socket.of_type("heartbeat")[0]["version"] == 1


async def test_two_processes_show_the_same(redis_url: str, world: World, people: Crowd) -> None:
    async with process(redis_url, world) as one, process(redis_url, world) as two:
        screens = [await watch(people, t, at, world) for t in ("websocket", "sse") for at in (one, two)]
        await one.publish(world, world.put("r1", "posted to one"))
        await two.publish(world, world.put("r2", "posted to two"))
        await shows_the_truth(*screens)
        assert [screen.snapshots for screen in screens] == [1] * 4


@BOTH
async def test_watchers_converge_after_redis_went_and_came(
    transport: str, redis_server: Server, world: World, people: Crowd
) -> None:
    async with process(redis_server.url, world) as one, process(redis_server.url, world) as two:
        screens = [await watch(people, transport, at, world) for at in (one, two)]
        redis_server.stop()
        await until(lambda: not one.bus.listening and not two.bus.listening)
        await one.publish(world, world.put("r1", "without redis"))
        await shows_the_truth(*screens)
        newcomer = await watch(people, transport, two, world)
        redis_server.start()
        await until(lambda: one.bus.listening and two.bus.listening)
        await one.publish(world, world.put("r2", "redis is back"))
        await shows_the_truth(*screens, newcomer)


async def test_a_room_that_opened_without_redis_hears_hints_when_it_is_back(
    redis_server: Server, world: World, people: Crowd
) -> None:
    async with process(redis_server.url, world) as one, process(redis_server.url, world) as two:
        redis_server.stop()
        await until(lambda: not two.bus.listening)
        screen = await watch(people, "websocket", two, world)
        redis_server.start()
        await until(lambda: one.bus.listening and two.bus.listening)
        world.down = True  # no sweep helps now
        await one.publish(world, world.put("r1", "by hint alone"))
        await shows_the_truth(screen)


@BOTH
async def test_without_the_database_watchers_are_told_that_they_may_be_stale(
    transport: str, people: Crowd, one: Process, world: World
) -> None:
    screen = await watch(people, transport, one, world)
    world.down = True
    await until(lambda: any(beat.get("stale") for beat in screen.of_type("heartbeat")))
    assert one.hub.sweep_age_s > 0
    world.put("r1", "when it is back")
    world.down = False
    await shows_the_truth(screen)
    await until(lambda: not screen.of_type("heartbeat")[-1].get("stale"))


async def test_a_room_that_the_database_agrees_with_does_not_become_stale(
    people: Crowd, one: Process, world: World
) -> None:
    screen = await watch(people, "websocket", one, world)
    room = one.room(world)
    for n in range(3):
        await one.publish(world, world.put("r1", f"song {n}"))
        asked_later = asyncio.get_running_loop().time()
        await until(lambda since=asked_later: room.confirmed_at > since)  # type: ignore[misc]
    assert not any(beat.get("stale") for beat in screen.of_type("heartbeat"))


async def test_a_known_venue_can_be_entered_without_the_database(people: Crowd, one: Process, world: World) -> None:
    await watch(people, "websocket", one, world)
    world.down = True
    newcomer = await watch(people, "sse", one, world)
    await until(lambda: any(beat.get("stale") for beat in newcomer.of_type("heartbeat")))


async def test_a_crowd_that_comes_at_once_reads_the_database_once(people: Crowd, one: Process, world: World) -> None:
    world.may_read.clear()
    sockets = [await people.socket(one) for _ in range(30)]
    screens = [await socket.hello(world) for socket in sockets]
    await until(lambda: world.reads)
    world.may_read.set()
    await shows_the_truth(*screens)
    assert world.reads == 1


async def test_what_changes_while_a_room_opens_is_not_missed(people: Crowd, one: Process, world: World) -> None:
    world.may_read.clear()
    socket = await people.socket(one)
    screen = await socket.hello(world)
    await until(lambda: world.reads)
    await one.publish(world, world.put("r1", "after the read, before its answer"))
    world.down = True  # no second read helps
    world.may_read.set()
    await shows_the_truth(screen)


async def test_a_busy_room_gathers_what_it_tells(people: Crowd, one: Process, world: World) -> None:
    screen = await watch(people, "websocket", one, world)
    room = one.room(world)
    for n in range(50):
        room.heard(world.put("r1", f"song {n}"))
    await shows_the_truth(screen)
    assert len(screen.of_type("delta")) <= 3


async def test_an_empty_room_closes_and_opens_again(people: Crowd, one: Process, world: World) -> None:
    screen = await watch(people, "websocket", one, world)
    await people.close()
    people.clients.clear()
    await until(lambda: not one.hub.rooms.open)
    world.put("r1", "nobody looked")
    screen = await watch(people, "sse", one, world)
    assert "r1" in screen.requests


async def test_one_socket_shows_several_venues(redis_url: str, people: Crowd) -> None:
    bar, pub = World("bar"), World("pub")
    pub.begin("epoch-of-the-pub")
    async with process(redis_url, bar, pub) as one:
        socket = await people.socket(one)
        screens = [await socket.hello(bar)]
        await shows_the_truth(*screens)
        screens.append(await socket.hello(pub, HOST))
        await one.publish(bar, bar.put("r1", "at the bar"))
        await one.publish(pub, pub.put("r1", "at the pub"))
        await shows_the_truth(*screens)
        await until(lambda: {beat["epoch"] for beat in socket.of_type("heartbeat")} == {bar.epoch, pub.epoch})


async def test_resync_gives_the_snapshot_again(people: Crowd, one: Process, world: World) -> None:
    screen = await watch(people, "websocket", one, world)
    socket = people.clients[0]
    assert isinstance(socket, Socket)
    await socket.send(type="resync")
    await until(lambda: screen.snapshots == 2)
    await socket.send(type="resync", venue="bar")
    await until(lambda: screen.snapshots == 3)


async def test_a_host_may_stream_with_their_own_credentials(people: Crowd, one: Process, world: World) -> None:
    world.hosts.add("user:hannah")
    world.put("r1", "song", owner="ann")
    stream = await people.stream(one, world, HOST, headers={"Authorization": "Bearer hannah"})
    await shows_the_truth(stream.screen)
    url = (one.url / "v1/live/venues/bar/events").with_query(view="host")
    async with people.session.get(url, headers={"Authorization": "Bearer mallory"}) as refused:
        assert refused.status == 403


@pytest.mark.parametrize(("path", "status"), [("nowhere/events", 404), ("bar/events?view=king", 422)])
async def test_a_stream_that_cannot_be_answers_as_any_call(path: str, status: int, people: Crowd, one: Process) -> None:
    async with people.session.get(f"{one.url}v1/live/venues/{path}") as answer:
        assert answer.status == status
        assert answer.content_type == "application/problem+json"


async def test_a_stream_without_the_database_is_not_available(people: Crowd, one: Process, world: World) -> None:
    world.down = True
    async with people.session.get(f"{one.url}v1/live/venues/bar/events") as answer:
        assert answer.status == 503


async def test_a_stream_says_that_nobody_may_keep_it(people: Crowd, one: Process, world: World) -> None:
    stream = await people.stream(one, world)
    headers = stream.response.headers
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Request-Id"]


async def test_a_room_of_many_costs_one_task_for_none_of_them(people: Crowd, one: Process, world: World) -> None:
    screens = [await watch(people, "websocket", one, world) for _ in range(10)]
    mine = {client.reading for client in people.clients}
    names = [task.get_coro().__qualname__ for task in asyncio.all_tasks() - mine]  # type: ignore[union-attr]
    assert not [name for name in names if "Conversation" in name or ("RequestHandler" in name and "Client" not in name)]
    assert len(screens) == len(one.hub.watchers)


async def test_a_visitor_without_an_upgrade_is_told_so(people: Crowd, one: Process) -> None:
    async with people.session.get(one.url / "v1/live") as answer:
        assert answer.status == 422
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await people.session.ws_connect(one.url / "v1/live", headers={"Sec-WebSocket-Version": "7"})
