"""The singer page without a network: it opens, says that it is old, and loses nothing that somebody asks for."""

from __future__ import annotations

import asyncio
import time

from playwright.async_api import expect

from tests.browser import cutting
from tests.browser.people import PHONE, VENUE, People, Singer
from tests.house import House

COUNT = "SELECT count(*) FROM requests"
KEPT = """async () => {
  for (const name of await caches.keys()) {
    const answer = await (await caches.open(name)).match(location.pathname);
    if (answer) return answer.text();
  }
}"""


async def kept_page(singer: Singer, *, other_than: str | None = None) -> str:
    """The page as the worker keeps it, once it does."""
    async with asyncio.timeout(60):
        while (text := await singer.page.evaluate(KEPT)) in (None, other_than):
            await asyncio.sleep(0.05)
    return str(text)


async def test_the_page_opens_without_a_network_and_what_is_asked_for_then_arrives_once(
    people: People, house: House
) -> None:
    anna = await people.singer("Anna")
    await kept_page(anna)
    await anna.page.context.set_offline(True)
    await anna.page.reload()
    await expect(anna.page.get_by_role("heading", name="Test Karaoke Bar")).to_be_visible()
    await expect(anna.page.locator("#kept")).to_contain_text("No connection")
    await expect(anna.page.locator("#live")).not_to_have_attribute("data-status", "live")
    await anna.page.locator("#results button").first.click()
    await anna.page.get_by_label("Your name").fill("Anna")
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.page.locator(".card")).to_contain_text("Not sent yet.")
    await anna.page.reload()
    await expect(anna.page.locator(".card")).to_contain_text("Not sent yet.")
    await anna.page.context.set_offline(False)
    await expect(anna.page.locator(".card")).to_contain_text("The KJ has your request.")
    await expect(anna.page.locator("#kept")).to_have_text("Connected again.")
    assert await house.value(COUNT) == 1


async def test_the_venue_is_shown_as_it_was_last_heard_of(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await kept_page(anna)
    await house.ask(singerName="Bo")
    await expect(anna.page.locator("#queue")).to_have_text("1 request with the KJ")
    await anna.page.context.set_offline(True)
    await anna.page.reload()
    await expect(anna.page.locator("#kept")).to_be_visible()
    await expect(anna.page.locator("#queue")).to_have_text("1 request with the KJ")


async def test_the_kept_page_holds_nothing_of_its_visitors(people: People) -> None:
    anna = await people.singer("Anna-Sophie")
    await kept_page(anna)
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    token = await anna.page.evaluate("JSON.parse(localStorage[`singr.mine.${document.body.dataset.id}`])[0][1]")
    before = await kept_page(anna)
    await anna.page.goto(f"/v/{VENUE}")
    await anna.is_live()
    text = await kept_page(anna, other_than=before)
    assert "Test Karaoke Bar" in text
    assert token not in text
    assert "Anna-Sophie" not in text
    everything = """async () => {
      const urls = [];
      for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
      }
      return urls;
    }"""
    urls = await anna.page.evaluate(everything)
    assert {url for url in urls if not url.startswith("/static/")} == {"/v/test-karaoke-bar"}


async def test_another_worker_begins_with_a_cache_of_its_own(people: People) -> None:
    anna = Singer(await people.page(PHONE))
    await anna.page.goto("/host")
    await anna.page.evaluate("caches.open('singr:/static/singer-worker.000000000000.js')")
    await anna.page.goto(f"/v/{VENUE}")
    await kept_page(anna)
    worker = await anna.page.evaluate("document.body.dataset.worker")
    assert await anna.page.evaluate("caches.keys()") == [f"singr:{worker}"]


async def test_a_request_that_waited_long_is_asked_about_before_it_is_sent(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    asked_at = round((time.time() - 20 * 60) * 1000)
    body = {"singerName": "Anna", "artist": "Queen", "title": "Innuendo"}
    entry = {"key": "of-an-hour-ago", "body": body, "artist": "Queen", "title": "Innuendo", "askedAt": asked_at}
    await anna.page.evaluate(cutting.PUT, [entry | {"state": "waiting"}])
    await anna.page.reload()
    await expect(anna.card("Innuendo")).to_contain_text("You asked 20 minutes ago. Still want it?")
    assert await house.value(COUNT) == 0
    await anna.card("Innuendo").get_by_role("button", name="Send").click()
    await expect(anna.card("Innuendo")).to_contain_text("The KJ has your request.")
    assert await house.value(COUNT) == 1
