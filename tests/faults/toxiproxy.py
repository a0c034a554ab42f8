"""Toxiproxy: a network between processes that can be slowed and cut. Found on the PATH, else built by Go, once."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from singr.up import lock
from singr.up.packages import Missing, say
from singr.up.ports import free_port

VERSION = "v2.12.0"
SOURCE = f"github.com/Shopify/toxiproxy/v2/cmd/server@{VERSION}"
BUILDS_AT_MOST_S = 600
READY_S = 20


def program() -> Path:
    """The server's path; raises Missing when it is not here and cannot be built."""
    if found := shutil.which("toxiproxy-server"):
        return Path(found)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "singr" / f"toxiproxy-{VERSION}"
    home.mkdir(parents=True, exist_ok=True)
    with lock.held(home / "lock", wait_s=BUILDS_AT_MOST_S):
        built = home / "server"
        if not built.exists():
            _build(home)
        return built


def _build(home: Path) -> None:
    if shutil.which("go") is None:
        raise Missing(f"To cut networks put toxiproxy-server {VERSION} on the PATH, or Go (1.23 or newer) to build it")
    say(f"toxiproxy not found: building {SOURCE} …")
    done = subprocess.run(
        ["go", "install", SOURCE],
        env=os.environ | {"GOBIN": str(home)},
        capture_output=True,
        text=True,
        timeout=BUILDS_AT_MOST_S,
        check=False,
    )
    if done.returncode:
        raise Missing(f"go install {SOURCE} failed:\n{done.stderr[-1500:]}")


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
    path, port = await asyncio.to_thread(program), free_port()
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
        process.kill()
        await process.wait()
