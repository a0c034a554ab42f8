"""Networks cut in the middle of a call, and servers that go and come back: every request is made once."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, expect

from singr.core.settings import Settings
from singr.up.ports import free_port
from tests.browser import cutting
from tests.browser.people import People
from tests.house import VENUE as API
from tests.house import House, opened

# A phone may ask ten times an hour, and asking again counts.
PHONES, EACH = 8, 4
ONCE_EACH = "SELECT array[count(*), count(DISTINCT (artist, title))] FROM requests WHERE status = 'pending'"


async def test_a_network_cut_in_the_middle_of_many_posts_gives_one_request_each(people: People, house: House) -> None:
    network = cutting.Network()

    async def ask(phone: int) -> None:
        singer = await people.singer(f"Singer {phone}")
        await singer.page.route(f"**{API}/requests", network)
        await singer.page.evaluate(cutting.PUT, [cutting.entry(singer.name, f"Song {n}") for n in range(EACH)])
        await singer.page.reload()
        await cutting.sent(singer.page)
        await expect(singer.page.locator(".card")).to_have_count(EACH)
        await singer.page.context.close()

    for begun in range(0, PHONES, 2):
        await asyncio.gather(ask(begun), ask(begun + 1))
    assert await house.value(ONCE_EACH) == [PHONES * EACH] * 2
    assert network.lost >= PHONES * EACH


async def test_pages_outlive_a_restart_of_the_server(browser: Browser, settings: Settings) -> None:
    port = free_port()
    async with opened(settings, port=port) as before:
        people = People(browser, before)
        host, screen, anna = await people.host(), await people.screen(), await people.singer("Anna")
        await anna.ask("Hey Jude")
        await expect(host.row("Anna")).to_be_visible()
        await anna.search("Rocket Man")
        await expect(anna.song("Rocket Man")).to_be_visible()
    await anna.song("Rocket Man").click()
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.card("Rocket Man")).to_contain_text("Not sent yet.")
    async with opened(settings, port=port) as after:
        await expect(anna.card("Rocket Man")).to_contain_text("The KJ has your request.", timeout=60_000)
        for titles in (host.page.locator("#queue .what b"), screen.locator("#queue span")):
            await expect(titles).to_have_text(["Hey Jude", "Rocket Man"], timeout=60_000)
        await host.is_live()
        await host.press("Accept", "Rocket Man")
        await expect(anna.card("Rocket Man")).to_contain_text("You’re on the list.")
        assert await after.value("SELECT count(*) FROM requests") == 2
    assert people.complaints == []
