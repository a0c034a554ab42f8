"""Is the process alive, and may it be sent calls?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

CHECK_TIMEOUT_S = 2

Check = Callable[[], Awaitable[object]]


class Health(Struct, rename="camel"):
    """`checks` maps each neighbour to "ok", "degraded" or "down"; only "down" makes `status` anything but ok."""

    status: str
    checks: dict[str, str]


async def examine(needed: Mapping[str, Check], helpful: Mapping[str, Check]) -> Health:
    """Run all checks side by side. Without a `helpful` neighbour we serve on and say "degraded"."""
    names = [*needed, *helpful]
    answers = await asyncio.gather(*(_answers(check) for check in (*needed.values(), *helpful.values())))
    checks = {
        name: "ok" if fine else ("down" if name in needed else "degraded")
        for name, fine in zip(names, answers, strict=True)
    }
    return Health("unavailable" if "down" in checks.values() else "ok", checks)


async def _answers(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await check()
    except Exception:
        return False
    return True
