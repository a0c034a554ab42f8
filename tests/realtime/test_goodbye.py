"""How connections end: every close code with its cause, and the words before it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest

from singr.realtime import close
from singr.realtime.close import Close
from singr.realtime.frame import CLOSE, PING, TEXT
from singr.realtime.state import Viewer
from singr.realtime.tempo import Tempo
from tests.realtime.raw import UPGRADE, RawClient
from tests.realtime.stage import QUICK, Crowd, Process, Socket, Stream, process, shows_the_truth
from tests.realtime.test_rfc6455 import client_frame
from tests.realtime.waiting import until
from tests.realtime.world import HOST, World, singer
from tests.services import Server


def tempo(**changed: Any) -> Tempo:
    return msgspec.structs.replace(QUICK, **changed)


async def ends(socket: Socket, why: Close) -> None:
    """The connection is closed for that reason, and says so first where the client can mend something."""
    assert await socket.closed() == why.code
    if why.then != "reconnect":
        assert socket.of_type("error")[-1]["code"] == why.slug


def hello(**changed: Any) -> str:
    return json.dumps({"type": "hello", "venue": "bar", "view": "display"} | changed)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("not json", close.BAD_MESSAGE),
        ("[]", close.BAD_MESSAGE),
        ('{"type": "sing"}', close.BAD_MESSAGE),
        ('{"type": "hello"}', close.BAD_MESSAGE),
        (hello(view="king"), close.BAD_MESSAGE),
        (hello(venue="x" * 101), close.BAD_MESSAGE),
        (hello(version=-1), close.BAD_MESSAGE),
        (hello(venue=7), close.BAD_MESSAGE),
        (hello(venue="nowhere"), close.NOT_FOUND),
        (hello(view="host"), close.SIGN_IN),
        (hello(view="singer"), close.SIGN_IN),
        (hello(view="host", ticket="made-up"), close.SIGN_IN),
        ("x" * 5000, close.TOO_BIG),
    ],
)
async def test_what_cannot_be_granted_is_refused_with_its_reason(
    said: str, why: Close, people: Crowd, one: Process
) -> None:
    socket = await people.socket(one)
    await socket.ws.send_str(said)
    await ends(socket, why)


async def test_binary_messages_are_not_spoken(people: Crowd, one: Process) -> None:
    socket = await people.socket(one)
    await socket.ws.send_bytes(hello().encode())
    await ends(socket, close.NOT_TEXT)


async def test_unknown_members_of_a_message_are_left_to_newer_servers(
    people: Crowd, one: Process, world: World
) -> None:
    socket = await people.socket(one)
    await shows_the_truth(await socket.hello(world, colour="blue"))


async def test_more_messages_than_a_client_needs_end_the_connection(
    redis_url: str, people: Crowd, world: World
) -> None:
    async with process(redis_url, world, tempo=tempo(message_burst=10, messages_per_s=0.001)) as one:
        socket = await people.socket(one)
        await shows_the_truth(await socket.hello(world))
        for _ in range(9):
            await socket.send(type="pong")
        assert not socket.ws.closed
        await socket.send(type="pong")
        await ends(socket, close.TOO_MANY)


async def test_a_flood_is_not_even_read(redis_url: str, people: Crowd, world: World) -> None:
    async with process(redis_url, world, tempo=tempo(message_burst=10, messages_per_s=0.001, goodbye_s=0.2)) as one:
        client = await RawClient.connect(one.url)
        await client.ask(UPGRADE)
        client.writer.write(client_frame(PING, b"") * 20_000)
        codes = [message async for message in _messages(client) if isinstance(message, int)]
        assert codes == [close.TOO_MANY.code]
        await until(lambda: not one.hub.watchers)
        client.close()


async def _messages(client: RawClient) -> AsyncIterator[dict[str, Any] | int]:
    """Everything until the close frame; pongs are left out."""
    while True:
        opcode, payload = await client.frame()
        if opcode == CLOSE:
            yield int.from_bytes(payload[:2], "big")
            return
        if opcode == TEXT:
            yield json.loads(payload)


async def test_a_full_process_sends_people_to_another(people: Crowd, one: Process, world: World) -> None:
    one.hub.watchers_max = 1
    await shows_the_truth(await (await people.socket(one)).hello(world))
    async with people.session.get(f"{one.url}v1/live/venues/bar/events") as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0


async def test_while_too_many_have_not_said_hello_no_more_are_let_in(
    redis_url: str, people: Crowd, world: World
) -> None:
    async with process(redis_url, world, tempo=tempo(greeting_max=2, hello_s=60)) as one:
        silent = [await people.socket(one) for _ in range(2)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await people.socket(one)
        assert refused.value.status == 503
        assert refused.value.headers
        assert int(refused.value.headers["Retry-After"]) > 0
        await shows_the_truth((await people.stream(one, world)).screen, await silent[0].hello(world))
        await people.socket(one)


async def test_who_does_not_say_hello_is_sent_away(redis_url: str, people: Crowd, world: World) -> None:
    async with process(redis_url, world, tempo=tempo(hello_s=0.1)) as one:
        await ends(await people.socket(one), close.SILENT)


async def test_who_never_answers_a_heartbeat_is_sent_away(redis_url: str, people: Crowd, world: World) -> None:
    async with process(redis_url, world, tempo=tempo(silence_s=0.6)) as one:
        silent, living = await people.socket(one), await people.socket(one)
        await silent.hello(world)
        screen = await living.hello(world)

        async def live() -> None:
            while not silent.ws.closed:
                await living.send(type="pong", version=max(screen.version, 0))
                await asyncio.sleep(0.05)

        async with asyncio.TaskGroup() as group:
            group.create_task(live())
            await ends(silent, close.SILENT)
        assert not living.ws.closed


async def test_a_client_that_leaves_is_answered_and_forgotten(people: Crowd, one: Process, world: World) -> None:
    socket = await people.socket(one)
    await shows_the_truth(await socket.hello(world))
    await socket.ws.close(code=4999, message=b"bored")
    assert socket.ws.close_code == 4999
    await until(lambda: not one.hub.watchers)
    assert len(one.room(world).audience) == 0


async def test_a_client_that_vanishes_is_forgotten(people: Crowd, one: Process, world: World) -> None:
    socket, stream = await people.socket(one), await people.stream(one, world)
    await shows_the_truth(await socket.hello(world), stream.screen)
    transport = socket.ws._response.connection.transport  # type: ignore[union-attr]
    transport.abort()  # type: ignore[union-attr]
    stream.response.close()
    await until(lambda: not one.hub.watchers)
    assert len(one.room(world).audience) == 0


# Tickets


@pytest.mark.parametrize("viewer", [HOST, singer("ann")], ids=["host", "singer"])
async def test_a_ticket_works_once(viewer: Viewer, people: Crowd, one: Process, world: World) -> None:
    ticket = await one.ticket(world, viewer)
    first, second = await people.socket(one), await people.socket(one)
    await shows_the_truth(await first.hello(world, viewer, ticket=ticket))
    await second.hello(world, viewer, ticket=ticket)
    await ends(second, close.SIGN_IN)


async def test_a_ticket_is_for_one_venue_and_one_view(redis_url: str, people: Crowd) -> None:
    bar, pub = World("bar"), World("pub")
    async with process(redis_url, bar, pub) as one:
        for ticket in (await one.ticket(pub, HOST), await one.ticket(bar, singer("ann"))):
            socket = await people.socket(one)
            await socket.hello(bar, HOST, ticket=ticket)
            await ends(socket, close.FORBIDDEN)


async def test_without_redis_no_ticket_is_believed_and_screens_still_work(
    redis_server: Server, people: Crowd, world: World
) -> None:
    async with process(redis_server.url, world) as one:
        redis_server.stop()
        host, screen = await people.socket(one), await people.socket(one)
        await host.hello(world, HOST, ticket="any")
        await ends(host, close.TRY_LATER)
        await shows_the_truth(await screen.hello(world))


async def test_a_view_ends_with_its_session_and_is_warned_first(people: Crowd, one: Process, world: World) -> None:
    socket = await people.socket(one)
    await shows_the_truth(await socket.hello(world, HOST, expires_at=time.time() + 1))
    assert socket.of_type("ready")[0]["expiresAt"].endswith("Z")
    await ends(socket, close.SIGN_IN)
    assert len(socket.of_type("authDue")) == 1
    assert socket.of_type("authDue")[0]["venue"] == "bar"


async def test_a_renewed_view_goes_on(people: Crowd, one: Process, world: World) -> None:
    socket = await people.socket(one)
    screen = await socket.hello(world, HOST, expires_at=time.time() + 2)
    await until(lambda: socket.of_type("authDue"))
    await socket.send(type="auth", ticket=await one.ticket(world, HOST, time.time() + 3600))
    await until(lambda: len(socket.of_type("ready")) == 2)
    [seat] = next(iter(one.hub.watchers)).seats
    assert seat.expires_at > time.time() + 3000
    assert screen.snapshots == 1


async def test_a_bad_ticket_does_not_end_what_is_already_shown(people: Crowd, one: Process, world: World) -> None:
    socket = await people.socket(one)
    screen = await socket.hello(world, HOST)
    await shows_the_truth(screen)
    await socket.send(type="auth", ticket="made-up")
    await until(lambda: socket.of_type("error"))
    await one.publish(world, world.put("r1", "song"))
    await shows_the_truth(screen)


async def test_a_singer_who_owns_more_sees_it_after_auth(people: Crowd, one: Process, world: World) -> None:
    world.put("r1", "song", owner="request:1")
    socket = await people.socket(one)
    screen = await socket.hello(world, singer())
    await shows_the_truth(screen)
    screen.viewer = singer("request:1")
    await socket.send(type="auth", ticket=await one.ticket(world, screen.viewer))
    await until(lambda: screen.requests["r1"].get("for") == "own")


async def test_a_stream_ends_with_its_session(redis_url: str, people: Crowd, world: World) -> None:
    async with process(redis_url, world) as one:
        stream = await people.stream(one, world)
        [seat] = next(iter(one.hub.watchers)).seats
        seat.renew(time.time() + 0.5)
        await until(lambda: stream.ended)
        assert stream.of_type("authDue")
        assert stream.said[-1] == {"type": "error", "code": "sign-in", "venue": "bar"}


# Venues that go, processes that end, connections that grow old


async def test_a_removed_venue_takes_its_watchers_along(people: Crowd, one: Process, world: World) -> None:
    socket, stream = await people.socket(one), await people.stream(one, world)
    await shows_the_truth(await socket.hello(world), stream.screen)
    world.exists = False
    await ends(socket, close.NOT_FOUND)
    await until(lambda: stream.ended)
    assert stream.said[-1]["code"] == "not-found"
    await until(lambda: not one.hub.rooms.open)


async def test_who_shows_other_venues_keeps_those(redis_url: str, people: Crowd) -> None:
    bar, pub = World("bar"), World("pub")
    pub.begin("epoch-of-the-pub")
    async with process(redis_url, bar, pub) as one:
        socket = await people.socket(one)
        screens = [await socket.hello(bar), await socket.hello(pub)]
        await shows_the_truth(*screens)
        bar.exists = False
        await until(lambda: socket.of_type("error"))
        assert socket.of_type("error")[0] == {"type": "error", "code": "not-found", "venue": "bar"}
        await one.publish(pub, pub.put("r1", "the night goes on"))
        await shows_the_truth(screens[1])


async def test_a_socket_shows_no_more_venues_than_anybody_needs(redis_url: str, people: Crowd) -> None:
    worlds = [World(f"bar-{n}") for n in range(17)]
    for n, each in enumerate(worlds):
        each.begin(f"epoch-{n}")
    async with process(redis_url, *worlds) as one:
        socket = await people.socket(one)
        for each in worlds:
            await socket.hello(each)
        await ends(socket, close.CONFLICT)
        assert socket.said[-1] == {"type": "error", "code": "conflict"}
        assert len(socket.of_type("ready")) == 16


async def test_old_connections_are_renewed(redis_url: str, people: Crowd, world: World) -> None:
    async with process(redis_url, world, tempo=tempo(rotate_s=0.3)) as one:
        socket, stream = await people.socket(one), await people.stream(one, world)
        await socket.hello(world)
        await ends(socket, close.TOO_OLD)
        await until(lambda: stream.ended)
        for client in (socket, stream):
            assert client.said[-1]["type"] == "bye"
            assert 0 <= client.said[-1]["retryMs"] <= 500


async def test_an_ending_process_sends_everybody_elsewhere(redis_url: str, people: Crowd, world: World) -> None:
    async with process(redis_url, world) as one:
        sockets = [await people.socket(one) for _ in range(5)]
        streams = [await people.stream(one, world) for _ in range(5)]
        for socket in sockets:
            await shows_the_truth(await socket.hello(world))
        draining = asyncio.create_task(one.hub.drain())
        for socket in sockets:
            await ends(socket, close.RESTARTING)
            assert socket.said[-1]["type"] == "bye"
        for stream in streams:
            await _ended_with_bye(stream)
        await draining
        assert not one.hub.watchers
        async with people.session.get(f"{one.url}v1/live/venues/bar/events") as answer:
            assert answer.status == 503


async def test_who_was_still_waiting_when_the_process_began_to_end_is_not_let_in(
    people: Crowd, one: Process, world: World
) -> None:
    world.may_read.clear()
    socket = await people.socket(one)
    await socket.hello(world)
    asking = asyncio.create_task(people.session.get(f"{one.url}v1/live/venues/bar/events").__aenter__())
    await until(lambda: world.reads)
    draining = asyncio.create_task(one.hub.drain())
    await ends(socket, close.RESTARTING)
    world.may_read.set()
    answer = await asking
    assert answer.status == 503
    answer.close()
    await draining
    assert not one.hub.watchers


async def _ended_with_bye(stream: Stream) -> None:
    await until(lambda: stream.ended)
    assert stream.said[-1]["type"] == "bye"


async def test_a_client_that_does_not_answer_a_close_is_cut_off(redis_url: str, world: World) -> None:
    async with process(redis_url, world, tempo=tempo(hello_s=0.1, goodbye_s=0.1)) as one:
        _, writer = await asyncio.open_connection(one.url.host, one.url.port)
        writer.write(
            b"GET /v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await until(lambda: one.hub.watchers)
        await until(lambda: not one.hub.watchers)
        writer.close()


async def test_a_hub_that_closes_leaves_no_task_behind(redis_url: str, people: Crowd, world: World) -> None:
    before = asyncio.all_tasks()
    async with process(redis_url, world) as one:
        socket = await people.socket(one)
        await shows_the_truth(await socket.hello(world))
        mine = {socket.reading}
    left = asyncio.all_tasks() - before - mine
    assert not {task for task in left if "singr" in str(task)}


def test_the_close_table_tells_every_code_apart_and_what_to_do() -> None:
    codes = {row.code for row in close.TABLE}
    assert len(codes) == len(close.TABLE) == len({row.slug for row in close.TABLE})
    assert {row.code for row in close.TABLE if row.then == "reconnect"} == {1001, 1012, 1013, 4001, 4003, 4008}
    assert {row.code for row in close.TABLE if row.then == "fix, then reconnect"} == {4401, 4429}
    assert {4400, 4403, 4404, 4409} <= codes
