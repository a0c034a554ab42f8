"""Every state says what it is: what is old, paused, silent, on its way or taken elsewhere is said in words."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page, Route, expect

from singr.core.secrets import digest
from singr.openkj import keys, presence
from tests.browser.cutting import Line
from tests.browser.people import LAPTOP, PHONE, Host, People, Singer
from tests.house import API_KEY, VENUE, House

REQUESTS = f"**{VENUE}/requests"
COMMAND = "/v1/openkj/api/command"
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def timed(people: People, size: tuple[int, int]) -> tuple[Page, Line]:
    """A page whose clock is ours, and its network."""
    page = await people.page(size)
    await page.clock.install()
    return page, await Line.of(page)


async def test_a_console_that_is_not_live_says_so_and_decides_nothing(people: People, house: House) -> None:
    page, line = await timed(people, LAPTOP)
    host = await people.host(page)
    await house.ask(singerName="Anna")
    await expect(host.row("Anna")).to_be_visible()
    await line.cut()
    await page.clock.run_for("00:40")
    band = page.locator("#band")
    await expect(band).to_have_text(
        re.compile(r"Not live for \d+ s\. What you see may be old\. Accept and reject are paused\.")
    )
    await expect(band).to_have_class(re.compile("warn"))
    await page.locator("#find").press("Escape")
    await page.keyboard.press("a")
    await expect(page.locator("#said")).to_have_text("Not live. Accept and reject are paused.")
    await expect(host.row("Anna")).to_be_visible()
    line.mend()
    await page.clock.run_for("00:40")
    await host.is_live()
    await expect(band).to_have_text("All is well.")
    assert await house.value("SELECT status FROM requests") == "pending"
    await host.press("Accept", "Anna")
    await house.becomes("SELECT status FROM requests", "processed")


async def test_a_console_without_its_queue_yet_says_that_it_fetches_it(people: People) -> None:
    page = await people.page(LAPTOP)
    await people.host(page)
    await page.route_web_socket("**/v1/live", lambda socket: socket.close())
    await page.route("**/v1/live/venues/**", lambda route: route.abort())
    await page.reload()
    await expect(page.locator("#count")).to_have_text("Fetching the queue…")
    await expect(page.locator("#empty")).to_be_empty()


async def test_a_singer_reads_how_old_the_page_is(people: People) -> None:
    page, line = await timed(people, PHONE)
    await page.goto("/v/test-karaoke-bar")
    anna = Singer(page, "Anna")
    await anna.is_live()
    await expect(page.locator("#queue")).to_have_text("Nothing waiting. Be first.")
    await line.cut()
    await page.clock.run_for("00:25")
    await expect(page.locator("#live-words")).to_have_text("Reconnecting…")
    await page.clock.run_for("02:00")
    await expect(page.locator("#live-words")).to_have_text("Last update 2 min ago. Reconnecting…")
    line.mend()
    await page.clock.run_for("00:40")
    await expect(page.locator("#live-words")).to_have_text("live")


async def test_after_ten_minutes_in_a_pocket_the_page_knows_what_happened(people: People, house: House) -> None:
    page, _ = await timed(people, PHONE)
    await page.goto("/v/test-karaoke-bar")
    anna, host = Singer(page, "Anna"), await people.host()
    await anna.is_live()
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("Seen by the KJ.")
    await page.evaluate(HIDE, True)
    await page.clock.run_for("10:00")
    await expect(host.page.locator("#phones")).to_have_text("0")
    await host.press("Accept", "Anna")
    await house.becomes("SELECT status FROM requests", "processed")
    await page.evaluate(HIDE, False)
    await expect(anna.card("Hey Jude")).to_contain_text("You’re on the list.")
    await anna.is_live()


async def test_on_the_way_is_not_there_yet(people: People) -> None:
    anna, answered = await people.singer("Anna"), asyncio.Event()

    async def slowly(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await anna.page.route(REQUESTS, slowly)
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("Sending…")
    answered.set()
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")


async def test_who_asks_too_often_reads_when_it_goes_on(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    headers = {"Retry-After": "120", "Content-Type": "application/problem+json"}
    await anna.page.route(REQUESTS, lambda route: route.fulfill(status=429, headers=headers, body="{}"))
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("That is a lot of requests. Trying again in 2 minutes.")
    assert await house.value("SELECT count(*) FROM requests") == 0


async def test_what_openkj_takes_is_said_at_the_console_and_to_its_singer(people: People, house: House) -> None:
    anna, host = await people.singer("Anna"), await people.host()
    await anna.ask("Hey Jude")
    await expect(host.row("Anna")).to_be_visible()
    await _stand_on(host, "Anna")
    number = await house.value("SELECT request_number FROM requests")
    command = {"api_key": house.demo.api_key, "command": "deleteRequest", "request_id": number}
    assert (await house.call("POST", COMMAND, json=command))[0] == 200
    await expect(host.row("Anna")).to_contain_text("Taken in OpenKJ")
    await expect(host.row("Anna")).to_be_focused()
    await expect(host.page.locator("#changes")).to_have_text("1 change")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has dealt with your request. Listen for your name.")
    await host.page.keyboard.press(".")
    await expect(host.rows).to_have_count(0)


async def _stand_on(host: Host, text: str) -> None:
    """With the keyboard, so that rows wait."""
    await host.page.locator("#find").press("Escape")
    await expect(host.row(text)).to_be_focused()


async def test_a_silent_openkj_is_a_band_with_what_to_do(people: People, house: House) -> None:
    await presence.stamp(house.kit, await keys.find(house.kit.db, digest(API_KEY)))
    await house.value("UPDATE openkj_presence SET collected_at = collected_at - interval '5 minutes'")
    await presence.notice_silence(house.kit)
    host = await people.host()
    await expect(host.page.locator("#band")).to_have_text(
        "OpenKJ has not asked for 5 min. Is it running, with its request server switched on?"
    )
    await expect(host.page.locator("#openkj")).to_have_text("silent, 5 min ago")


async def synced(house: House, before: int) -> None:
    """A sync of 2,498 songs has just replaced a book of `before`."""
    await house.value(
        "INSERT INTO song_generations (customer_profiles_id, openkj_system_id, status, documents, full_documents,"
        " songs_received, songs_skipped, songs_before, closed_at)"
        " SELECT customer_profiles_id, 1, 'published', 3, 2, 2498, 0, $1, now() FROM venues RETURNING 1",
        before,
    )


async def test_songs_that_openkj_left_out_are_told(people: People, house: House) -> None:
    await synced(house, before=0)
    host = await people.host()
    await expect(host.page.locator("#band")).to_have_text("OpenKJ left out 2 songs of the last sync.")


async def test_a_book_that_became_smaller_is_told_for_a_night(people: People, house: House) -> None:
    await synced(house, before=5000)
    host = await people.host()
    band = host.page.locator("#band")
    await expect(band).to_contain_text("The song book has become smaller: 0 songs instead of 5,000 songs.")
    await house.value("UPDATE song_generations SET closed_at = now() - interval '13 hours' WHERE songs_before = 5000")
    await expect(band).to_have_text("OpenKJ left out 2 songs of the last sync.")


async def test_what_everybody_waits_for_moves_nothing_when_it_comes(people: People, house: House) -> None:
    """The bands have their room before there is anything to say."""
    host = await people.host()
    await house.ask(singerName="Anna")
    before = await host.row("Anna").bounding_box()
    await presence.stamp(house.kit, await keys.find(house.kit.db, digest(API_KEY)))
    await house.value("UPDATE openkj_presence SET collected_at = collected_at - interval '5 minutes'")
    await presence.notice_silence(house.kit)
    await expect(host.page.locator("#band")).to_contain_text("OpenKJ has not asked")
    assert await host.row("Anna").bounding_box() == before


async def test_what_nobody_knows_is_not_told(people: People) -> None:
    """Without Redis nobody counts who watches."""
    page = await people.page(LAPTOP)
    nobody = '{"phones": null, "screens": null}'
    await page.route("**/watching", lambda route: route.fulfill(content_type="application/json", body=nobody))
    await people.host(page)
    await expect(page.locator("#phones")).to_have_text("–")
    await expect(page.locator("#screens")).to_have_text("–")


async def test_who_watches_is_told_although_the_song_book_is_not(people: People) -> None:
    page = await people.page(LAPTOP)
    await page.route("**/v1/customer/systems?*", lambda route: route.abort())
    await people.host(page)
    await expect(page.locator("#phones")).to_have_text("0")
