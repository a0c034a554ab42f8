"""Everything is within reach: in three taps, by Tab alone, of a thumb's size, and at 400 % zoom."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from singr.analytics import counting
from singr.web.words import LANGUAGES
from tests.browser.people import LAPTOP, PHONE, TABLET, VENUE, Host, People, Singer
from tests.house import House

ZOOMED = (320, 256)  # what 1280×1024 is at 400 %
TABS_MAX = 60
THUMB_PX, FINGER_PX = 48, 44
SMALL = """(least) => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((node) => node.checkVisibility() && !node.closest(".unseen"))
  .map((node) => [node, (node.type === "checkbox" ? node.closest("label") : node).getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < least)
  .map(([node, { width, height }]) => `${node.outerHTML.slice(0, 80)}: ${width} × ${height}`)"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there."""
    await expect(target).to_be_visible()
    for _ in range(TABS_MAX):
        if await target.evaluate("(node) => node === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


async def test_three_taps_lead_from_the_code_to_a_request(people: People, house: House) -> None:
    anna = await people.singer("Anna", has_touch=True)
    taps = "window.taps = 0; addEventListener('pointerdown', () => (window.taps += 1), true)"
    await anna.page.evaluate(taps)
    await anna.page.get_by_role("searchbox").tap()
    await anna.page.keyboard.type("hey jude")
    await expect(anna.page.locator("#results li")).to_have_count(1)
    await anna.song("Hey Jude").tap()
    await anna.page.keyboard.type("Anna")
    await anna.page.get_by_role("button", name="Ask for it").tap()
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    assert await anna.page.evaluate("window.taps") == 3


async def test_by_tab_alone_a_song_is_asked_for_and_withdrawn(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    keyboard = anna.page.keyboard
    await tab_to(anna.page, anna.page.get_by_role("searchbox"))
    await keyboard.type("hey jude")
    await expect(anna.page.locator("#results li")).to_have_count(1)
    await tab_to(anna.page, anna.song("Hey Jude"))
    await keyboard.press("Enter")
    await expect(anna.page.get_by_label("Your name")).to_be_focused()
    await keyboard.type("Anna")
    await tab_to(anna.page, anna.page.get_by_role("button", name="Ask for it"))
    await keyboard.press("Enter")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    withdraw = anna.card("Hey Jude").get_by_role("button").last
    await tab_to(anna.page, withdraw)
    await keyboard.press("Enter")
    await expect(withdraw).to_have_attribute("data-asking", "")
    await withdraw.press("Space", delay=500)  # acts when it comes up
    await expect(anna.page.locator(".card")).to_have_count(0)
    await expect(anna.page.locator("#mine")).to_be_focused()


async def test_by_tab_alone_a_host_signs_in_accepts_and_rejects(people: People, house: House) -> None:
    for name in ("Anna", "Bo"):
        await house.ask(singerName=name, title=f"Song of {name}")
    page = await people.page(LAPTOP)
    await page.goto("/host")
    login, keyboard = people.house.demo.host, page.keyboard
    await tab_to(page, page.get_by_label("E-mail"))
    await keyboard.type(login.email)
    await tab_to(page, page.get_by_label("Password"))
    await keyboard.type(login.password)
    await tab_to(page, page.get_by_role("button", name="Sign in"))
    await keyboard.press("Enter")
    host = Host(page)
    await host.is_live()
    await tab_to(page, page.get_by_role("button", name="Accept Anna"))
    await keyboard.press("Enter")
    await expect(host.row("Bo")).to_be_focused()
    await tab_to(page, page.get_by_role("button", name="Reject Bo"))
    await keyboard.press("Enter")
    await expect(page.get_by_role("list", name="Requests")).to_be_focused()
    await tab_to(page, page.get_by_label("Reason"))
    await keyboard.type("Too late")
    await keyboard.press("Enter")
    await house.becomes("SELECT string_agg(status, ',' ORDER BY requests_id) FROM requests", "processed,rejected")


@pytest.mark.parametrize("locale", ["en-GB", "de", "ja", "ar"])
async def test_all_that_is_pressed_on_a_phone_is_of_a_thumbs_size(locale: str, people: People) -> None:
    anna = await people.singer("Anna", locale=locale)
    page = anna.page
    assert await page.evaluate(SMALL, THUMB_PX) == []
    await page.locator("#ways [href='?list=artists']").click()
    await expect(page.locator("#letters a").first).to_be_visible()
    assert await page.evaluate(SMALL, THUMB_PX) == []
    await anna.search("Hey Jude")
    await anna.song("Hey Jude").click()
    await page.locator("#sheet summary").click()
    assert await page.evaluate(SMALL, THUMB_PX) == []
    await page.locator("#name").fill("Anna")
    await page.locator("#go").click()
    await expect(page.locator(".card button").first).to_be_visible()
    assert await page.evaluate(SMALL, THUMB_PX) == []
    for path in ("/", "/account", "/account#sign-in", "/v/nowhere"):
        await page.goto(path)
        await expect(page.locator("h1")).not_to_be_empty()
        assert await page.evaluate(SMALL, THUMB_PX) == [], path


@pytest.mark.parametrize("size", [PHONE, TABLET, LAPTOP])
async def test_all_that_is_pressed_at_the_console_is_of_a_fingers_size(
    size: tuple[int, int], people: People, house: House
) -> None:
    await house.ask()
    await counting.count_nights(house.kit)
    host = await people.host(await people.page(size))
    await expect(host.rows).to_have_count(1)
    await expect(host.page.locator("#link")).not_to_be_empty()
    assert await host.page.evaluate(SMALL, FINGER_PX) == []
    await host.press("Reject", "Ann")
    await expect(host.page.locator("#slot button")).to_be_visible()
    await host.page.locator("#manage").click()
    for panel in await host.page.locator("#panels nav button").all():
        await panel.click()
        await expect(panel).to_be_in_viewport(ratio=1)
        await expect(host.page.locator("#panel").locator(":is(input, button, li, svg):visible").first).to_be_visible()
        assert await host.page.evaluate(SMALL, FINGER_PX) == []


@pytest.mark.parametrize("size", [PHONE, TABLET])
async def test_health_is_one_line_that_opens_where_there_is_little_room(
    size: tuple[int, int], people: People, house: House
) -> None:
    host = await people.host(await people.page(size))
    line, figures = host.page.locator("#health-line"), host.page.locator("#health dd")
    await expect(line).to_have_text("OpenKJ not connected yet · 108 songs")
    box = await line.bounding_box()
    assert box
    assert box["height"] == FINGER_PX
    await expect(figures.filter(visible=True)).to_have_count(0)
    await line.click()
    await expect(figures.filter(visible=True)).to_have_count(6)
    await host.page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    await expect(line).to_be_hidden()
    await expect(figures.filter(visible=True)).to_have_count(6)


async def test_at_four_hundred_percent_nothing_needs_scrolling_sideways(people: People, house: House) -> None:
    long_word = "Donaudampfschifffahrtsgesellschaft" * 2
    await house.ask(singerName=long_word, title=long_word, notes="With Cy", keyChange=2)
    host = Host(await people.page(ZOOMED))
    await host.page.goto("/host")
    await expect(host.page.get_by_label("E-mail")).to_be_visible()
    assert await host.page.evaluate(TOO_WIDE) == 0
    host = await people.host(host.page)
    await expect(host.rows).to_have_count(1)
    assert await host.page.evaluate(TOO_WIDE) == 0
    await host.page.locator("#manage").click()
    await expect(host.page.locator("#panel").locator(":is(input, button, li, svg):visible").first).to_be_visible()
    assert await host.page.evaluate(TOO_WIDE) == 0
    singer = Singer(await people.page(ZOOMED), "Anna")
    await singer.page.goto(f"/v/{VENUE}")
    await singer.ask("Hey Jude")
    await expect(singer.card("Hey Jude").locator("button").first).to_be_visible()
    assert await singer.page.evaluate(TOO_WIDE) == 0
    for path in ("/", "/docs", "/account"):
        await singer.page.goto(path)
        await expect(singer.page.locator("h1")).not_to_be_empty()
        assert await singer.page.evaluate(TOO_WIDE) == 0, path


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_words_of_every_language_fit_a_zoomed_page(locale: str, people: People, house: House) -> None:
    await house.ask(title="Hey Jude", notes="With Cy", keyChange=2)
    await counting.count_nights(house.kit)
    page = await people.page(ZOOMED, locale=locale)
    for path in ("/", "/account#register", f"/v/{VENUE}", f"/v/{VENUE}?list=artists", "/v/nowhere"):
        await page.goto(path)
        await expect(page.locator("h1")).not_to_be_empty()
        assert await page.evaluate(TOO_WIDE) == 0, path
    await page.goto("/host")
    await page.locator("#email").fill(house.demo.host.email)
    await page.locator("#password").fill(house.demo.host.password)
    assert await page.evaluate(TOO_WIDE) == 0
    await page.locator("#sign-in .go").click()
    await expect(Host(page).rows).to_have_count(1)
    await expect(page.locator("#phones")).not_to_be_empty()
    assert await page.evaluate(TOO_WIDE) == 0
    await Host(page).rows.locator("[name=reject]").click()
    await expect(page.locator("#slot button")).to_be_visible()
    assert await page.evaluate(TOO_WIDE) == 0
    await page.locator("#manage").click()
    for panel in await page.locator("#panels nav button").all():
        await panel.click()
        await expect(page.locator("#panel").locator(":is(input, button, li, svg):visible").first).to_be_visible()
        assert await page.evaluate(TOO_WIDE) == 0, await panel.inner_text()
