"""Waiting for something to become true, with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DEADLINE_S = 30.0


async def until(true: Callable[[], object], what: str = "", within_s: float = DEADLINE_S) -> None:
    """Returns as soon as `true()` is; fails when it does not become so."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not true():
        assert loop.time() < deadline, f"never happened: {what or true.__code__.co_qualname}"
        await asyncio.sleep(0.005)
