"""Every page in every state, for those who see, hear or move less than others: axe-core finds nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from singr.analytics import counting
from singr.web.words import LANGUAGES
from tests.browser import axe
from tests.browser.people import LAPTOP, TABLET, VENUE, Host, People, Singer
from tests.house import House

PANELS = ("add", "settled", "rules", "venue", "book", "nights", "keys", "kiosk")
OTHERS = ("/", "/account", "/account#sign-in", "/account#register", "/v/nowhere", f"/v/{VENUE}/screen")


async def is_sound(page: Page, state: str) -> None:
    violations = await axe.found(page)
    assert not violations, "\n".join([state, *violations])


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_singer_page_has_no_fault_in_any_state(locale: str, people: People, house: House) -> None:
    anna = await people.singer("Anna", locale=locale)
    page = anna.page
    await is_sound(page, "as it opens")
    for list_ in ("top", "artists"):
        await page.locator(f"#ways [href='?list={list_}']").click()
        await expect(page.locator(f"#ways [href='?list={list_}']")).to_have_attribute("aria-current", "true")
        await is_sound(page, list_)
    await anna.search("xyzzy")
    await expect(page.locator("#none")).to_contain_text("xyzzy")
    await is_sound(page, "nothing found")
    await anna.search("Hey Jude")
    await anna.song("Hey Jude").click()
    await page.locator("#sheet summary").click()
    await is_sound(page, "the sheet")
    await page.locator("#name").fill("Anna")
    await page.locator("#go").click()
    await expect(anna.card("Hey Jude").locator("button").first).to_be_visible()
    await is_sound(page, "an own request")
    await page.locator("#results button").first.click()
    await page.locator("#go").click()
    await expect(page.locator(".card")).to_have_count(2)
    await is_sound(page, "a second time the same")
    change = {"acceptingRequests": False, "message": "Back at ten"}
    path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    await house.call("PATCH", path, json=change, headers=headers)
    await expect(page.locator("body")).to_have_attribute("data-open", "false")
    await is_sound(page, "closed")


async def test_the_console_has_no_fault_in_any_state(people: People, house: House) -> None:
    page = await people.page(LAPTOP)
    await page.goto("/host")
    await expect(page.get_by_label("E-mail")).to_be_visible()
    await is_sound(page, "signing in")
    host = await people.host(page)
    await expect(page.locator("#empty")).not_to_be_empty()
    await is_sound(page, "nothing waits")
    for name in ("Anna", "Bo", "محمد"):
        await house.ask(singerName=name, title=f"Song of {name}", notes="With Cy", keyChange=2)
    await expect(host.rows).to_have_count(3)
    await is_sound(page, "a queue")
    await host.press("Reject", "Bo")
    await expect(page.get_by_label("Reason")).to_be_visible()
    await is_sound(page, "a rejection to undo")
    await host.row("Anna").locator(".what").click()
    await expect(page.locator("#details")).to_be_visible()
    await is_sound(page, "details")
    await page.keyboard.press("Escape")
    await page.locator("#help-open").click()
    await expect(page.locator("#help")).to_be_visible()
    await is_sound(page, "help")
    await page.keyboard.press("Escape")
    await page.locator("#preset").select_option("arrival")
    await expect(page.locator("#rotation")).to_be_visible()
    await is_sound(page, "a rotation")


async def test_every_panel_of_the_console_is_without_fault(people: People, house: House) -> None:
    await house.ask()
    await counting.count_nights(house.kit)
    host = await people.host()
    await host.page.locator("#manage").click()
    for name in PANELS:
        button = host.page.locator(f"#panels nav button[name={name}]")
        await button.click()
        await expect(button).to_have_attribute("aria-current", "page")
        await expect(host.page.locator("#panel").locator(":is(input, button, li, svg):visible").first).to_be_visible()
        await is_sound(host.page, name)


async def test_the_tablet_at_the_bar_has_no_fault(people: People, house: House) -> None:
    path = f"/v1/customer/venues/{await house.venue_id()}/kiosk"
    _, link = await house.call("POST", path, headers=await house.sign_in())
    tablet = Singer(await people.page(TABLET), "Anna")
    await tablet.page.goto(link["path"])
    await tablet.is_live()
    await is_sound(tablet.page, "as it opens")
    await tablet.search("Hey Jude")
    await tablet.song("Hey Jude").click()
    await is_sound(tablet.page, "the sheet")


@pytest.mark.parametrize("locale", [tag for tag in LANGUAGES if tag != "en"])
async def test_the_console_has_no_fault_in_another_language(locale: str, people: People, house: House) -> None:
    page = await people.page(LAPTOP, locale=locale)
    await page.goto("/host")
    await expect(page.locator("html")).to_have_attribute("lang", locale)
    await is_sound(page, "signing in")
    host = Host(page)
    await house.ask(singerName="محمد", title="Hey Jude", notes="With Cy", keyChange=2)
    await page.locator("#email").fill(house.demo.host.email)
    await page.locator("#password").fill(house.demo.host.password)
    await page.locator("#sign-in .go").click()
    await expect(host.rows).to_have_count(1)
    await is_sound(page, "a queue")
    await page.locator("#manage").click()
    await expect(page.locator("#panel").locator("input:visible").first).to_be_visible()
    await is_sound(page, "house rules")


async def test_the_screen_has_no_fault(people: People, house: House) -> None:
    await house.ask()
    screen = await people.screen()
    await expect(screen.locator("#queue li")).to_have_count(1)
    await is_sound(screen, "a queue")


@pytest.mark.parametrize("locale", ["en", "ar"])  # hundreds of calls, in English on either
async def test_the_docs_have_no_fault(locale: str, people: People) -> None:
    page = await people.page(LAPTOP, locale=locale)
    await page.goto("/docs")
    await page.locator("summary").first.click()
    await is_sound(page, "a call's details")


@pytest.mark.parametrize("path", OTHERS)
async def test_the_other_pages_have_no_fault(path: str, people: People) -> None:
    for tag in LANGUAGES:
        page = await people.page(LAPTOP, locale=tag)
        await page.goto(path)
        await expect(page.locator("html")).to_have_attribute("lang", tag)
        await expect(page.locator("h1")).not_to_be_empty()
        await is_sound(page, f"{path} in {tag}")
        await page.context.close()
