"""The people of a night, each in a browser of their own, doing what a person does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from tests.house import House

DEADLINE_MS = 30_000
PHONE, TABLET, LAPTOP, TV = (390, 844), (820, 1180), (1280, 800), (1920, 1080)
VENUE = "test-karaoke-bar"

expect.set_options(timeout=DEADLINE_MS)


@dataclass
class People:
    """`complaints` are script errors, policy violations and calls of foreign hosts, of all their pages."""

    browser: Browser
    house: House
    complaints: list[str] = field(default_factory=list)

    async def singer(self, name: str = "", **context: Any) -> Singer:
        """Somebody with the singer page open, live unless the browser runs no script."""
        singer = Singer(await self.page(PHONE, **context), name)
        await singer.page.goto(f"/v/{VENUE}")
        if context.get("java_script_enabled", True):
            await singer.is_live()
        return singer

    async def host(self, page: Page | None = None) -> Host:
        """The demo's host, signed in."""
        host = Host(page or await self.page(LAPTOP))
        login = self.house.demo.host
        await host.page.goto("/host")
        await host.page.get_by_label("E-mail").fill(login.email)
        await host.page.get_by_label("Password").fill(login.password)
        await host.page.get_by_role("button", name="Sign in").click()
        await host.is_live()
        return host

    async def screen(self) -> Page:
        """The TV. Its browser shows the queue once it is live."""
        page = await self.page(TV)
        await page.goto(f"/v/{VENUE}/screen")
        return page

    async def page(self, size: tuple[int, int], **context: Any) -> Page:
        width, height = size
        home = str(self.house.client.make_url("/"))
        opened = await self.browser.new_context(base_url=home, viewport={"width": width, "height": height}, **context)
        opened.set_default_timeout(DEADLINE_MS)
        page = await opened.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        page.on("request", lambda request: self._follow(request, home))
        return page

    def _follow(self, request: Request, home: str) -> None:
        """Where a person goes is their own choice; what a page of ours fetches comes from our house."""
        if request.is_navigation_request() or request.url.startswith((home, "data:", "blob:")):
            return
        if request.frame.url.startswith(home):
            self.complaints.append(f"{request.frame.url} asked {request.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "requires 'Trusted" in message.text:
            self.complaints.append(message.text)


@dataclass
class Singer:
    page: Page
    name: str = ""

    async def is_live(self) -> None:
        await expect(self.page.locator("#live")).to_have_attribute("data-status", "live")

    async def search(self, text: str) -> None:
        await self.page.get_by_role("searchbox").fill(text)

    async def ask(self, title: str) -> None:
        """From the search field to the last press."""
        await self.search(title)
        await expect(self.page.locator("#results b").first).to_have_text(title)  # not in the list of before
        await self.song(title).click()
        await self.page.get_by_label("Your name").fill(self.name)
        await self.page.get_by_role("button", name="Ask for it").click()

    async def withdraw(self, title: str) -> None:
        await press_surely(self.card(title).get_by_role("button").last)

    def song(self, title: str) -> Locator:
        return self.page.locator("#results").get_by_role("button", name=title).first

    def card(self, title: str) -> Locator:
        return self.page.locator(".card", has_text=title)


@dataclass
class Host:
    page: Page

    async def is_live(self) -> None:
        await expect(self.page.locator("#live")).to_have_attribute("data-status", "live")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#queue li:visible")

    def row(self, text: str) -> Locator:
        """The row that shows `text`, other than among the names of its phone."""
        said = self.page.locator("b, em, small span:not(.also)", has_text=text)
        return self.page.locator("#queue li:visible").filter(has=said)

    async def press(self, button: str, text: str) -> None:
        """A button in the row that shows `text`."""
        await self.row(text).get_by_role("button", name=button).click()

    async def turn(self) -> None:
        """Open or close requests."""
        await press_surely(self.page.locator("#turn"))


async def press_surely(button: Locator) -> None:
    """Press a button that asks once; its second press counts only when it is not part of a double tap."""
    await button.click()
    await expect(button).to_have_attribute("data-asking", "")
    await button.click(delay=500)
