"""API processes in miniature: the real bus, hub, routes and admission on a real socket, with a made-up database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast
from uuid import UUID

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from singr.core.actor import Actor
from singr.core.settings import Settings
from singr.http.address import Proxies
from singr.http.call import Call
from singr.http.cookies import SessionCookies
from singr.http.device import Devices
from singr.http.endpoint import Gate
from singr.http.mount import mount
from singr.infra import bus, redis
from singr.infra.bus import Bus, Pace
from singr.infra.kit import Kit
from singr.infra.limits import Limiter
from singr.infra.redis import Client
from singr.realtime import hub, tickets
from singr.realtime.hub import HUB, Hub
from singr.realtime.messages import View
from singr.realtime.routes import ROUTES
from singr.realtime.source import channel
from singr.realtime.state import Delta, Item, Position, Snapshot, Viewer
from singr.realtime.tempo import Tempo
from singr.realtime.tickets import Ticket
from tests.realtime.waiting import until
from tests.realtime.world import DISPLAY, Screen, World

PACE = Pace(publish_s=0.25, confirm_s=0.5, echo_s=0.1, retry_min_s=0.02, retry_max_s=0.1)
QUICK = Tempo(
    tick_s=0.02,
    host_beat_s=0.1,
    beat_s=0.2,
    hello_s=5,
    sweep_s=0.1,
    read_s=0.5,
    patience_s=0.02,
    stale_s=1,
    coalesce_s=0.01,
    linger_s=0.2,
    names_s=0.1,
    goodbye_s=0.5,
    drain_s=0.2,
    message_burst=1000,
    messages_per_s=1000,
)


class Town:
    """Several venues as one Source."""

    def __init__(self, *worlds: World) -> None:
        self.worlds = worlds

    def _of(self, venue_id: UUID) -> World:
        return next(world for world in self.worlds if world.venue_id == venue_id)

    async def find(self, url_name: str) -> UUID | None:
        found = [await world.find(url_name) for world in self.worlds]
        return next((venue_id for venue_id in found if venue_id), None)

    async def snapshot(self, venue_id: UUID) -> Snapshot | None:
        return await self._of(venue_id).snapshot(venue_id)

    async def versions(self, venue_ids: list[UUID]) -> dict[UUID, Position]:
        found: dict[UUID, Position] = {}
        for world in self.worlds:
            found |= await world.versions(venue_ids)
        return found

    def delta(self, payload: bytes) -> Delta:
        return self.worlds[0].delta(payload)

    def arrange(self, items: Mapping[int | str, Item]) -> None:
        """Nothing of a venue depends on its entries here."""

    async def admit(self, call: Call, venue_id: UUID, view: View) -> Viewer:
        return await self._of(venue_id).admit(call, venue_id, view)


class Process:
    """One API process. `url` is where it listens."""

    def __init__(self, server: TestServer, live: Hub, line: Bus, client: Client, town: Town) -> None:
        self.server, self.hub, self.bus, self.redis, self.town = server, live, line, client, town
        self.url = server.make_url("/")

    async def publish(self, world: World, hint: bytes) -> None:
        await self.bus.publish(channel(world.venue_id), hint)

    async def ticket(self, world: World, viewer: Viewer, expires_at: float = 0) -> str:
        return await tickets.issue(self.redis, Ticket(world.venue_id, viewer.view, viewer.owners, expires_at))

    def room(self, world: World) -> Any:
        return self.hub.rooms.open[world.venue_id]


@asynccontextmanager
async def process(redis_url: str, *worlds: World, tempo: Tempo = QUICK) -> AsyncIterator[Process]:
    """A process that shows `worlds`; several may share a Redis."""
    town = Town(*worlds)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        client = await enter(redis.opened(redis_url))
        line = await enter(bus.opened(redis_url, PACE))
        live = await enter(hub.opened(line, town, tempo))
        rest = cast(Any, None)
        kit = Kit(Settings(), rest, client, line, Limiter(client), rest, rest, rest)
        app = web.Application()
        app[HUB] = live
        devices, cookies = Devices("secret", secure=False), SessionCookies(kit.settings)
        mount(app, ROUTES, Gate(kit, _actor, devices, cookies, Proxies(kit.settings.proxies)))
        server = TestServer(app)
        await enter(server)
        yield Process(server, live, line, client, town)


def _actor(name: str) -> Actor:
    """Whoever the token says."""
    return Actor(kind="user", id=name)


class Socket:
    """A WebSocket client with a screen for each venue it watches."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, process: Process) -> None:
        self.ws, self.process = ws, process
        self.screens: dict[str, Screen] = {}
        self.said: list[dict[str, Any]] = []
        self._ready = ""
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.ws:
            self.hear(json.loads(message.data))

    def hear(self, message: dict[str, Any]) -> None:
        """An epoch tells whose message it is; a new one belongs to the venue that was `ready` last."""
        self.said.append(message)
        if message["type"] == "ready":
            self._ready = message["venue"]
        for screen in self.screens.values():
            if message.get("epoch") == screen.epoch:
                screen.hear(message)
                return
        if message["type"] == "snapshot":
            self.screens[self._ready].hear(message)

    async def hello(self, world: World, viewer: Viewer = DISPLAY, **more: Any) -> Screen:
        """Watch a venue; the screen shows it at once or soon."""
        if viewer.view != "display" and "ticket" not in more:
            more["ticket"] = await self.process.ticket(world, viewer, more.pop("expires_at", 0))
        screen = self.screens.setdefault(world.url_name, Screen(world, viewer))
        screen.viewer = viewer
        await self.send(type="hello", venue=world.url_name, view=viewer.view, **more)
        return screen

    async def send(self, **message: Any) -> None:
        await self.ws.send_str(json.dumps(message))

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.said if message["type"] == kind]

    async def closed(self) -> int | None:
        """Waits for the end; the close code."""
        await until(lambda: self.ws.closed, "the connection is closed")
        await self.reading
        return self.ws.close_code


class Stream:
    """A client of server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse, screen: Screen) -> None:
        self.response, self.screen = response, screen
        self.said: list[dict[str, Any]] = []
        self.last_id = ""
        self.ended = False
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        kept = b""
        try:
            async for piece in self.response.content.iter_any():
                *events, kept = (kept + piece).split(b"\n\n")
                for event in events:
                    self._hear(dict(line.split(": ", 1) for line in event.decode().splitlines()))
        finally:
            self.ended = True

    def _hear(self, event: dict[str, str]) -> None:
        self.last_id = event.get("id", self.last_id)
        if "data" in event:
            message = json.loads(event["data"])
            assert message["type"] == event["event"]
            self.said.append(message)
            self.screen.hear(message)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.said if message["type"] == kind]


class Crowd:
    """Opens clients and closes them at the end; a client that met a lie or a gap fails the test then."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.clients: list[Socket | Stream] = []

    async def socket(self, process: Process) -> Socket:
        ws = await self.session.ws_connect(process.url / "v1/live", autoping=True)
        socket = Socket(ws, process)
        self.clients.append(socket)
        return socket

    async def stream(
        self, process: Process, world: World, viewer: Viewer = DISPLAY, headers: dict[str, str] | None = None
    ) -> Stream:
        url = (process.url / "v1/live/venues" / world.url_name / "events").with_query(view=viewer.view)
        response = await self.session.get(url, headers=headers)
        assert response.status == 200, await response.text()
        stream = Stream(response, Screen(world, viewer))
        self.clients.append(stream)
        return stream

    async def close(self) -> None:
        for client in self.clients:
            if isinstance(client, Socket):
                await client.ws.close()
            else:
                client.response.close()
        readings = [client.reading for client in self.clients]
        for outcome in await asyncio.gather(*readings, return_exceptions=True):
            if isinstance(outcome, AssertionError):
                raise outcome


@asynccontextmanager
async def crowd() -> AsyncIterator[Crowd]:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        clients = Crowd(session)
        try:
            yield clients
        finally:
            await clients.close()


async def shows_the_truth(*screens: Screen) -> None:
    """Waits until every screen shows what its venue's database holds now."""
    await until(lambda: all(screen.position == screen.world.position for screen in screens), "screens show the truth")
