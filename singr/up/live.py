"""The night itself: API and workers until they are stopped, our servers kept up, and the announcement."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path

from msgspec.structs import replace

from singr.core.settings import Settings
from singr.infra.aside import ended
from singr.seed import Demo
from singr.serve import serve
from singr.up import ports
from singr.up.announce import announce
from singr.up.ports import PortTaken
from singr.up.servers import Servers


async def live(settings: Settings, demo: Demo, servers: Servers, home: Path, *, any_port: bool) -> None:
    """Serve until SIGINT or SIGTERM. With `any_port` the next free port when the one in `settings` is taken.

    Raises PortTaken.
    """
    keeper = asyncio.create_task(servers.keep_up())
    try:
        while True:
            settings = replace(settings, port=_port(settings, any_port=any_port))
            try:
                return await _serve(settings, demo, home)
            except OSError as exc:
                if exc.errno != errno.EADDRINUSE or not any_port:  # somebody took it since we looked
                    raise
    finally:
        await ended(keeper)


async def _serve(settings: Settings, demo: Demo, home: Path) -> None:
    announcing: list[asyncio.Task[None]] = []

    def ready(local_url: str) -> None:
        announcing.append(asyncio.create_task(announce(settings, demo, home, local_url)))

    try:
        await serve(settings, on_ready=ready)
    finally:
        await ended(*announcing)


def _port(settings: Settings, *, any_port: bool) -> int:
    if not any_port:
        return settings.port
    port = ports.next_free(settings.host, settings.port)
    if port is None:
        raise PortTaken(f"port {settings.port} and those after it are in use; choose one with PORT=…")
    return port
