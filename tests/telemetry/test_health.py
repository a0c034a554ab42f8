"""Health: what we cannot do without is down, what we can is degraded, and nobody waits for the sick."""

from __future__ import annotations

import asyncio

import pytest

from singr.telemetry import health
from singr.telemetry.health import Health, examine


async def well() -> str:
    return "ok"


async def sick() -> None:
    raise OSError


async def silent() -> None:
    await asyncio.Event().wait()


async def test_all_well_is_ok() -> None:
    assert await examine({"database": well}, {"redis": well}) == Health("ok", {"database": "ok", "redis": "ok"})


async def test_without_what_helps_we_serve_on() -> None:
    assert await examine({"database": well}, {"redis": sick}) == Health("ok", {"database": "ok", "redis": "degraded"})


async def test_without_what_is_needed_we_do_not() -> None:
    found = await examine({"database": sick}, {"redis": well})
    assert found == Health("unavailable", {"database": "down", "redis": "ok"})


async def test_who_does_not_answer_counts_as_sick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.01)
    found = await examine({"database": silent}, {"redis": silent})
    assert found.checks == {"database": "down", "redis": "degraded"}
