"""What a host reads and presses all night: keys, announcements, what was saved, the other theme, a file on its way."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import expect

from singr.web.words import LANGUAGES
from tests.browser.people import LAPTOP, PHONE, TABLET, Host, People
from tests.browser.test_panels import manage
from tests.house import House

ANNOUNCED = """(node) => {
  window.announced = [];
  new MutationObserver(() => announced.push(Date.now())).observe(node, { childList: true });
}"""


async def test_arrows_and_letters_do_what_the_help_says(people: People, house: House) -> None:
    for name in ("Anna", "Cy"):
        await house.ask(singerName=name, title=f"Song of {name}")
    host = await people.host()
    page, keyboard = host.page, host.page.keyboard
    await expect(host.rows).to_have_count(2)
    await host.row("Anna").focus()
    await keyboard.press("ArrowDown")
    await expect(host.row("Cy")).to_be_focused()
    await keyboard.press("k")
    await expect(host.row("Anna")).to_be_focused()
    await keyboard.press("j")
    await keyboard.press("ArrowUp")
    await expect(host.row("Anna")).to_be_focused()
    await keyboard.press("?")
    for key in ("↑ ↓ J K", "A", "R", "U", "D", "B", "L", "N", "M", ".", "/", "O"):
        await expect(page.locator("#help").get_by_text(key, exact=True)).to_be_visible()
    await keyboard.press("Escape")
    await expect(host.row("Anna")).to_be_focused()
    await keyboard.press("o")
    await expect(page.locator("#turn")).to_have_text("Close? Press again")
    await expect(page.locator("#state")).to_have_text("REQUESTS OPEN")
    await page.locator("#turn").press("Space", delay=500)
    await expect(page.locator("#state")).to_have_text("REQUESTS CLOSED")


async def test_details_open_where_a_press_by_mistake_does_nothing(people: People, house: House) -> None:
    await house.ask(singerName="Anna", notes="With Cy", keyChange=-2)
    host = await people.host()
    await host.row("Anna").focus()
    await host.page.keyboard.press("d")
    await expect(host.page.locator("#details")).to_contain_text("With Cy")
    await expect(host.page.locator("#details").get_by_role("button", name="Close")).to_be_focused()
    await host.page.keyboard.press("Enter")
    await expect(host.page.locator("#details")).to_be_hidden()
    await expect(host.row("Anna")).to_be_focused()


async def test_what_comes_is_announced_together_and_not_too_often(people: People, house: House) -> None:
    page = await people.page(LAPTOP)
    await page.clock.install()
    host = await people.host(page)
    said = page.locator("#said")
    await said.evaluate(ANNOUNCED)
    for n in range(1, 4):
        await house.ask(singerName="Anna", title=f"Song {n}")
        await expect(host.rows).to_have_count(n)
        await page.clock.run_for("00:02")
    await page.clock.run_for("00:12")
    await expect(said).to_have_text(re.compile(r"^[12] new, 3 waiting\.$"))
    times = await page.evaluate("announced")
    assert len(times) > 1
    assert all(later - earlier >= 10_000 for earlier, later in pairwise(times))


async def test_how_many_wait_and_for_how_long_stands_over_the_queue(people: People, house: House) -> None:
    await house.ask(singerName="Anna")
    await house.ask(singerName="Bo", title="Two")
    await house.value("UPDATE requests SET requested_at = now() - interval '12 minutes' WHERE singer_name = 'Bo'")
    host = await people.host()
    await expect(host.page.locator("#count")).to_have_text("2 waiting · oldest 12 min")
    await expect(host.page).to_have_title("(2) Test Karaoke Bar")


async def test_what_could_not_be_saved_says_why(people: People, house: House) -> None:
    host = await people.host()
    page = host.page
    await page.route("**/v1/customer/venues/*", lambda route: route.abort())
    await page.get_by_label("Message on pages and screen").fill("Happy hour")
    await page.get_by_label("Message on pages and screen").press("Enter")
    await expect(page.locator("#saved")).to_have_text("Not saved: No answer from the server. Try again.")
    await page.unroute_all()
    await page.get_by_label("Others see of the queue").select_option("how many wait")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await house.becomes("SELECT queue_privacy FROM venues", "hidden")


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_being_asked_once_more_moves_nothing_on_a_phone(locale: str, people: People, house: House) -> None:
    await house.ask(singerName="Anna")
    page = await people.page(PHONE, locale=locale)
    await page.goto("/host")
    await page.locator("#email").fill(house.demo.host.email)
    await page.locator("#password").fill(house.demo.host.password)
    await page.locator("#sign-in .go").click()
    row = Host(page).rows.first
    await expect(page.locator("#health-line")).to_contain_text("108")
    before = await row.bounding_box()
    await page.locator("#turn").click()
    await expect(page.locator("#turn")).to_have_attribute("data-asking", "")
    assert await row.bounding_box() == before


@pytest.mark.parametrize("size", [PHONE, TABLET])
async def test_a_long_queue_is_passed_by_a_press_on_the_way_to_the_settings(
    size: tuple[int, int], people: People, house: House
) -> None:
    for n in range(20):
        house.client.session.cookie_jar.clear()
        await house.ask(title=f"Song {n}")
    host = await people.host(await people.page(size))
    await expect(host.rows).to_have_count(20)
    message = host.page.get_by_label("Message on pages and screen")
    await expect(message).not_to_be_in_viewport()
    await host.page.get_by_role("link", name="Settings").click()
    await expect(message).to_be_in_viewport()


async def test_the_console_stays_in_the_theme_that_was_chosen(people: People) -> None:
    host = await people.host()
    await host.page.get_by_role("button", name="Light theme").click()
    await expect(host.page.locator("html")).to_have_attribute("data-theme", "light")
    await host.page.reload()
    await host.is_live()
    await expect(host.page.locator("html")).to_have_attribute("data-theme", "light")
    await host.page.get_by_role("button", name="Dark theme").click()
    await expect(host.page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_a_file_on_its_way_shows_how_far_it_is_and_can_be_stopped(
    people: People, house: House, tmp_path: Path
) -> None:
    file = tmp_path / "songs.csv"
    file.write_text("artist,title\nNew Artist,New Song\n")
    host = await people.host()
    await manage(host, "Song book")
    await host.page.get_by_label("File").set_input_files(file)
    await host.page.get_by_role("button", name="Go", exact=True).click()
    await expect(host.page.locator("#panel .said", has_text="Reading…")).to_be_visible()
    await house.value("UPDATE song_imports SET bytes_read = bytes / 2, rows_read = 1234 RETURNING 1")
    await expect(host.page.locator("#panel .counts")).to_have_text("1,234 read")
    bar = host.page.locator("#panel progress")
    await expect(bar).to_have_js_property("value", file.stat().st_size // 2)
    await expect(bar).to_have_js_property("max", file.stat().st_size)
    await host.page.get_by_role("button", name="Cancel the import").click()
    await expect(host.page.get_by_text("Cancelled. Nothing was changed.")).to_be_visible()
    await expect(bar).to_be_hidden()
    await expect(host.page.locator("#panel .on")).to_contain_text("108 songs")
