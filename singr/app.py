"""Composition: opens the kit, mounts the route table, and closes everything in reverse order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from singr import table
from singr.core.settings import Settings
from singr.http.address import Proxies
from singr.http.cookies import SessionCookies
from singr.http.device import Devices
from singr.http.endpoint import Gate
from singr.http.mount import mount
from singr.http.route import Row
from singr.identity import epochs, revocations
from singr.identity.tokens import Doorkeeper
from singr.infra import aside, bus, cache, oidc, postgres, redis, work
from singr.infra.kit import Kit
from singr.infra.limits import Limiter
from singr.queue.live import Source
from singr.realtime import attendance, hub
from singr.web import sorry


@asynccontextmanager
async def open_kit(settings: Settings) -> AsyncIterator[Kit]:
    """Dial every neighbour; raises UpstreamUnavailable when PostgreSQL does not answer. Redis may come later."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        client = await enter(redis.opened(settings.redis_url))
        yield Kit(
            settings=settings,
            db=await enter(
                postgres.Database.open(
                    settings.database_url,
                    size=settings.database_pool_size,
                    shared=settings.database_pooler == "transaction",
                )
            ),
            redis=client,
            bus=await enter(bus.opened(settings.redis_url)),
            limits=Limiter(client),
            jobs=await enter(work.opened(settings.queue_url)),
            aside=(later := await enter(aside.opened())),
            cache=await enter(cache.opened(client, later)),
            oidc=await enter(oidc.opened(settings.oidc)),
        )


@asynccontextmanager
async def application(kit: Kit, rows: Sequence[Row] = table.ROUTES) -> AsyncIterator[web.Application]:
    """The web application of one process, ready to be served."""
    async with AsyncExitStack() as stack:
        revoked = await stack.enter_async_context(revocations.watching(kit))
        moved = await stack.enter_async_context(epochs.watching(kit))
        doorkeeper = Doorkeeper(kit.settings, revoked, moved)
        live = await stack.enter_async_context(hub.opened(kit.bus, Source(kit), goes_on=doorkeeper.goes_on))
        await stack.enter_async_context(attendance.told(kit.redis, live.rooms.open))
        app = web.Application()
        app[hub.HUB] = live
        devices = Devices(kit.settings.auth_secret, secure=kit.settings.base_url.startswith("https:"))
        gate = Gate(kit, doorkeeper.read, devices, SessionCookies(kit.settings), Proxies(kit.settings.proxies))
        mount(app, rows, gate, tells=sorry.to_browsers)
        yield app
