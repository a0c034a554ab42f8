"""A real Chromium on the real application: people are made with `people` and leave with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from singr.up import machine
from tests.browser.people import People
from tests.house import House

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    program = machine.chromium_program()
    assert program, "no Chromium on this machine"
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def people(browser: Browser, house: House) -> AsyncIterator[People]:
    """Whoever comes tonight. Their pages must meet no script error and no refusal of the security policy."""
    crowd = People(browser, house)
    yield crowd
    assert crowd.complaints == []
