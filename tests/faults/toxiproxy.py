"""Toxiproxy: a network between processes that can be slowed and cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
from yarl import URL

from singr.up.ports import free_port
from tests import go

READY_S = 20


class Toxiproxy:
    """Its proxies by name; `through` makes one."""

    def __init__(self, session: aiohttp.ClientSession, api: str) -> None:
        self._session, self._api = session, api

    async def through(self, name: str, url: str) -> str:
        """`url`, reached by a new proxy."""
        port, target = free_port(), URL(url)
        await self._ask("POST", "", name=name, listen=f"127.0.0.1:{port}", upstream=f"{target.host}:{target.port}")
        return str(target.with_host("127.0.0.1").with_port(port))

    async def cut(self, name: str) -> None:
        """Swallow everything in both directions; no connection notices."""
        for stream in ("upstream", "downstream"):
            await self._poison(name, f"cut-{stream}", "timeout", stream, timeout=0)

    async def slow(self, name: str, *, latency_ms: int = 0, kb_per_s: int = 0) -> None:
        """Delay every answer, or let only so much of it through."""
        if latency_ms:
            await self._poison(name, "latency", "latency", "downstream", latency=latency_ms)
        if kb_per_s:
            await self._poison(name, "bandwidth", "bandwidth", "downstream", rate=kb_per_s)

    async def mend(self, name: str) -> None:
        """As it was."""
        for toxic in await self._ask("GET", f"/{name}/toxics"):
            await self._ask("DELETE", f"/{name}/toxics/{toxic['name']}")

    async def _poison(self, name: str, toxic: str, kind: str, stream: str, **attributes: int) -> None:
        await self._ask("POST", f"/{name}/toxics", name=toxic, type=kind, stream=stream, attributes=attributes)

    async def _ask(self, method: str, path: str, **body: Any) -> Any:
        async with self._session.request(method, f"{self._api}/proxies{path}", json=body or None) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json(content_type=None) if answer.status != 204 else None


@asynccontextmanager
async def opened() -> AsyncIterator[Toxiproxy]:
    """A running toxiproxy; raises Missing."""
    path, port = await asyncio.to_thread(go.needed, go.TOXIPROXY), free_port()
    command, away = (path, "-host", "127.0.0.1", "-port", str(port)), asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=away, stderr=away)
    try:
        async with aiohttp.ClientSession() as session:
            proxy = Toxiproxy(session, f"http://127.0.0.1:{port}")
            async with asyncio.timeout(READY_S):
                while True:
                    try:
                        await proxy._ask("GET", "")
                        break
                    except aiohttp.ClientConnectionError:
                        await asyncio.sleep(0.05)
            yield proxy
    finally:
        with suppress(ProcessLookupError):  # who ends us may have ended it, too
            process.kill()
        await process.wait()
