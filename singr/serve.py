"""Serving: the API, the workers or both, in one process, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack

from aiohttp import web

from singr import table
from singr.app import application, open_kit
from singr.core.settings import BadSettings, Settings
from singr.worker import working

SHUTDOWN_TIMEOUT_S = 10
BACKLOG = 1024
# A call makes some hundred objects that the collector counts, and hardly ever a cycle.
GARBAGE_AFTER = 20_000

log = logging.getLogger("singr")


async def serve(settings: Settings, *, on_ready: Callable[[str], None] = lambda _url: None) -> None:
    """Run what RUN_API and RUN_WORKERS ask for. `on_ready` gets the local address once calls are answered."""
    _allow_many_sockets()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        kit = await stack.enter_async_context(open_kit(settings))
        if settings.run_workers:
            await stack.enter_async_context(working(kit, table.JOBS))
        if settings.run_api:
            app = await stack.enter_async_context(application(kit))
            port = await _listen(stack, app, settings)
            on_ready(f"http://127.0.0.1:{port}")
        _leave_alone_what_stays()
        log.info("ready", extra={"api": settings.run_api, "workers": settings.run_workers})
        await stop.wait()
        log.info("stopping")


def _leave_alone_what_stays() -> None:
    """What is there when calls begin stays; looking through all of it for garbage, again and again, finds none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)


def _allow_many_sockets() -> None:
    """A watcher is a file descriptor: take as many as the system lets us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _listen(stack: AsyncExitStack, app: web.Application, settings: Settings) -> int:
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_TIMEOUT_S, keepalive_timeout=75
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    shared = settings.reuse_port or None
    site = web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG, reuse_port=shared)
    try:
        await site.start()
    except OSError as exc:
        raise BadSettings(f"HOST, PORT: {exc.strerror}") from exc
    port: int = runner.addresses[0][1]
    return port
