"""One server of ours with the demo night, and a browser before it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
from playwright.async_api import Browser, BrowserContext, ViewportSize, async_playwright

from bench.house import answers, running
from bench.night import somewhere
from singr.seed import Demo
from singr.up import machine
from singr.up.ports import free_port
from tests import databases, services
from tests.browser.conftest import FLAGS
from tests.browser.people import LAPTOP, VENUE, Host
from tests.house import API_KEY, seed

STARTS_S = 60
DEADLINE_MS = 60_000


@dataclass(frozen=True)
class Place:
    """`session` calls the API; each of its guests is a device and an address of their own."""

    url: str
    browser: Browser
    session: aiohttp.ClientSession
    database: str

    async def context(self, size: tuple[int, int]) -> BrowserContext:
        """A browser that was never here."""
        viewport = ViewportSize(width=size[0], height=size[1])
        opened = await self.browser.new_context(
            base_url=self.url, viewport=viewport, extra_http_headers=somewhere(), service_workers="block"
        )
        opened.set_default_timeout(DEADLINE_MS)
        return opened

    async def host(self) -> Host:
        """The demo's host at the console."""
        page = await (await self.context(LAPTOP)).new_page()
        login = Demo(API_KEY).host
        await page.goto("/host")
        await page.get_by_label("E-mail").fill(login.email)
        await page.get_by_label("Password").fill(login.password)
        await page.get_by_role("button", name="Sign in").click()
        await page.locator("#live[data-status=live]").wait_for()
        return Host(page)

    async def ask(self, title: str) -> tuple[str, dict[str, str]]:
        """Somebody new asks: the tracking token, and the headers they come with."""
        body, headers = {"singerName": title, "artist": "Bench", "title": title}, somewhere()
        path = f"/v1/public/venues/{VENUE}/requests"
        async with self.session.post(path, json=body, headers=headers) as answer:
            answer.raise_for_status()
            receipt = await answer.json()
            return str(receipt["trackingToken"]), headers | {"X-Singr-Device": answer.headers["X-Singr-Device"]}

    async def leave(self, token: str, headers: dict[str, str]) -> None:
        async with self.session.delete(f"/v1/public/requests/{token}", headers=headers) as answer:
            answer.raise_for_status()


@asynccontextmanager
async def opened() -> AsyncIterator[Place]:
    """The place, ready; raises RuntimeError without a Chromium."""
    program = machine.chromium_program()
    if program is None:
        raise RuntimeError("no Chromium on this machine")
    until = ExitStack()
    try:
        url, database = await asyncio.to_thread(_served, until)  # it has loops of its own
        async with (
            async_playwright() as playwright,
            aiohttp.ClientSession(url, cookie_jar=aiohttp.DummyCookieJar()) as session,
        ):
            browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
            yield Place(url, browser, session, database)
            await browser.close()
    finally:
        await asyncio.to_thread(until.close)


def _served(until: ExitStack) -> tuple[str, str]:
    """The URLs of a server on private PostgreSQL and Redis with the demo, and of its database."""
    port = free_port()
    postgres = until.enter_context(services.private_postgres()).url
    redis = until.enter_context(services.private_redis()).url
    template = databases.make_template(postgres, "demo", fill=seed)
    database = until.enter_context(databases.copied(postgres, template))
    home = until.enter_context(services.temporary_home())
    env = {"DATABASE_URL": database, "REDIS_URL": redis, "HOST": "127.0.0.1", "PORT": str(port)}
    env |= {"LOG_LEVEL": "warning", "TRUSTED_PROXIES": "127.0.0.0/8"}
    server = until.enter_context(running([sys.executable, "-m", "singr", "serve"], env, home / "serve.log"))
    url = f"http://127.0.0.1:{port}"
    server.wait_until(lambda: answers(f"{url}/readyz"), timeout_s=STARTS_S)
    return url, database
