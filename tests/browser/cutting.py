"""A network that loses things, and requests that a phone sends through it until each is answered."""

from __future__ import annotations

import asyncio
import random
import time

from playwright.async_api import Page, Route, WebSocketRoute

DEADLINE_S = 60
PUT = """(entries) => entries.forEach((entry) =>
  localStorage.setItem(`singr.outbox.${document.body.dataset.id}.${entry.key}`, JSON.stringify(entry)))"""
IS_SENDING = "Object.keys(localStorage).some((name) => name.startsWith('singr.outbox.'))"


class Network:
    """It loses each call once or twice: before it reaches the server, or the answer on its way back."""

    def __init__(self) -> None:
        self.random, self.lost = random.Random(7), 0
        self._fates: dict[str, list[str]] = {}

    async def __call__(self, route: Route) -> None:
        key = route.request.headers["idempotency-key"]
        fates = self._fates.setdefault(key, self.random.choice((["call"], ["answer"], ["call", "answer"])).copy())
        if not fates:
            await route.continue_()
            return
        self.lost += 1
        if fates.pop() == "answer":
            await route.fetch()
        await route.abort("connectionreset")


def entry(singer: str, title: str) -> dict[str, object]:
    """As the page keeps what it is about to send."""
    song = {"artist": singer, "title": title}
    body = song | {"singerName": singer, "allowDuplicate": True}
    asked_at = round(time.time() * 1000)
    return song | {"key": f"{singer} {title}".replace(" ", "-"), "body": body, "askedAt": asked_at, "state": "waiting"}


async def sent(page: Page) -> None:
    """Every request of the phone has been answered. The network says so often that it is back: no wait is long."""
    async with asyncio.timeout(DEADLINE_S):
        while await page.evaluate(IS_SENDING):
            await page.evaluate("dispatchEvent(new Event('online'))")
            await asyncio.sleep(0.05)


class Line:
    """A page's way to the server, which can be cut and mended, the live stream with all the rest."""

    def __init__(self, page: Page) -> None:
        self._page, self._is_cut = page, False
        self._sockets: list[WebSocketRoute] = []

    @classmethod
    async def of(cls, page: Page) -> Line:
        """To be taken before the page goes anywhere."""
        line = cls(page)
        await page.route_web_socket("**/v1/live", line._connect)
        await page.route("**/v1/**", line._call)
        return line

    async def cut(self) -> None:
        self._is_cut = True
        for socket in self._sockets:
            await socket.close()
        self._sockets.clear()

    def mend(self) -> None:
        self._is_cut = False

    async def _connect(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            await socket.close()
        else:
            self._sockets.append(socket)
            socket.connect_to_server()

    async def _call(self, route: Route) -> None:
        await (route.abort("connectionreset") if self._is_cut else route.continue_())
