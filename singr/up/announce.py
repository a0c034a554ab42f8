"""Tells programs (`demo.json`) and people (the banner) where the night is, once it answers `/readyz`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiohttp

from singr.core.settings import Settings
from singr.seed import Demo
from singr.up import banner, ports
from singr.up.demo import Night, night_of
from singr.up.kept import write_privately
from singr.up.packages import say

FILE = "demo.json"
LOOK_EVERY_S, LOOKS_AT_MOST = 0.1, 600
LOOPBACK_ONLY = {"127.0.0.1", "localhost", "::1"}


async def announce(settings: Settings, demo: Demo, home: Path, local_url: str) -> None:
    """Wait until `local_url` is ready, then write `demo.json` and print the banner."""
    if not await _ready(f"{local_url}/readyz"):
        say(f"Not ready yet; see {home / 'singr.log'}.")
        return
    night = night_of(settings.base_url, demo)
    write_privately(home / FILE, night)
    _print(night, _phones_url(settings))


def withdraw(home: Path) -> None:
    """What an earlier night announced no longer holds."""
    (home / FILE).unlink(missing_ok=True)


def _print(night: Night, phones_url: str) -> None:
    encoding = (sys.stdout.encoding or "ascii").lower()
    say(banner.text(night, phones_url=phones_url, colour=sys.stdout.isatty(), blocks="utf" in encoding))


def _phones_url(settings: Settings) -> str:
    address = ports.lan_address()
    if settings.public_url or settings.host in LOOPBACK_ONLY or address is None:
        return settings.base_url
    return f"http://{address}:{settings.port}"


async def _ready(url: str) -> bool:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for _ in range(LOOKS_AT_MOST):
            if await _answers_well(session, url):
                return True
            await asyncio.sleep(LOOK_EVERY_S)
    return False


async def _answers_well(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
