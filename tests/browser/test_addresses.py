"""A venue gets another address: what is open goes on under it, and no code that is shown leads nowhere."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.cutting import Line
from tests.browser.people import PHONE, TV, VENUE, Host, People, Singer, press_surely
from tests.house import House


async def readdress(host: Host, url_name: str) -> None:
    """As a host does it: under Manage, asked once more."""
    if not await host.page.locator("#panels").is_visible():
        await host.page.get_by_role("button", name="Manage", exact=True).click()
        await host.page.locator("#panels nav").get_by_role("button", name="Venue").click()
    await host.page.get_by_label("Address after /v/").fill(url_name)
    await press_surely(host.page.locator("#panel .doors button"))


async def move(house: House, url_name: str) -> None:
    path = f"/v1/customer/venues/{await house.venue_id()}"
    assert (await house.call("PATCH", path, json={"urlName": url_name}, headers=await house.sign_in()))[0] == 200


async def test_a_venue_gets_another_address_and_what_is_open_goes_on_under_it(people: People, house: House) -> None:
    anna, screen, host = await people.singer("Anna"), await people.screen(), await people.host()
    old_code = await screen.locator(".code").inner_html()
    await host.page.get_by_role("button", name="Manage", exact=True).click()
    await host.page.locator("#panels nav").get_by_role("button", name="Venue").click()
    await expect(host.page.locator("#panel")).to_contain_text("every printed code and every link of the old one stops")
    await readdress(host, "The-Anchor")
    await expect(host.page.locator("#address-said")).to_contain_text("/v/the-anchor")
    await expect(host.page.locator("#link")).to_have_attribute("href", re.compile("/v/the-anchor$"))
    await expect(host.page.locator("#link")).to_have_text(re.compile("/v/the-anchor$"))
    await expect(host.page.locator("#qr")).to_have_attribute("src", "/v1/public/venues/the-anchor/qr.svg")
    await expect(host.page.locator("#screen-link")).to_have_attribute("href", "/v/the-anchor/screen")
    await host.page.locator("#panels nav").get_by_role("button", name="Kiosk").click()
    await host.page.get_by_role("button", name="Make a link").click()
    await expect(host.page.get_by_label("The link")).to_have_value(re.compile("/v/the-anchor/kiosk/"))
    await expect(screen).to_have_url(re.compile("/v/the-anchor/screen$"))
    await expect(screen.locator(".link")).to_have_text(re.compile("/v/the-anchor$"))
    assert await screen.locator(".code").inner_html() != old_code
    path = f"/v1/customer/venues/{await house.venue_id()}"
    await house.call("PATCH", path, json={"message": "Happy hour"}, headers=await house.sign_in())
    for page in (anna.page, screen):
        await expect(page.locator("#message")).to_have_text("Happy hour")


async def test_an_address_is_taken_back_in_the_same_panel(people: People) -> None:
    host = await people.host()
    for url_name in ("the-anchor", VENUE):
        await readdress(host, url_name)
        await expect(host.page.locator("#address-said")).to_contain_text(f"/v/{url_name}")
        await expect(host.page.locator("#link")).to_have_attribute("href", re.compile(f"/v/{url_name}$"))


async def test_a_singers_page_goes_on_under_the_new_address_with_what_is_hers(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request")
    await move(house, "the-anchor")
    await expect(anna.page).to_have_url(re.compile(r"/v/the-anchor(\?|$)"))
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request")
    await anna.withdraw("Hey Jude")
    await anna.ask("Believe")
    await expect(anna.card("Believe")).to_contain_text("The KJ has your request")
    assert await house.value("SELECT array_agg(title ORDER BY title) FROM requests") == ["Believe", "Hey Jude"]


async def test_a_phone_that_slept_through_it_finds_the_new_address_by_itself(people: People, house: House) -> None:
    page = await people.page(PHONE)
    line = await Line.of(page)
    anna = Singer(page, "Anna")
    await page.goto(f"/v/{VENUE}")
    await anna.is_live()
    await line.cut()
    await move(house, "the-anchor")
    line.mend()
    await expect(page).to_have_url(re.compile(r"/v/the-anchor(\?|$)"))


async def test_nobody_is_interrupted_by_it(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await anna.page.clock.install()
    await anna.search("Hey Jude")
    await anna.song("Hey Jude").click()
    await anna.page.get_by_label("Your name").fill("Anna")
    await move(house, "the-anchor")
    await anna.page.clock.run_for("00:30")
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request")
    await anna.page.clock.run_for("00:30")
    await expect(anna.page).to_have_url(re.compile(r"/v/the-anchor(\?|$)"))


@pytest.mark.parametrize(
    ("url_name", "why"),
    [
        ("the-cellar", "Another venue has this address."),
        ("the anchor!", "Only lowercase letters a to z, digits and single hyphens between them, 60 at most."),
        ("nearby", "Only lowercase letters a to z, digits and single hyphens between them, 60 at most."),
    ],
)
async def test_an_address_that_cannot_be_had_is_a_fault_of_its_field(
    url_name: str, why: str, people: People, house: House
) -> None:
    host, body = await people.host(), {"name": "The Cellar"}
    assert (await house.call("POST", "/v1/customer/venues", json=body, headers=await house.sign_in()))[0] == 201
    await readdress(host, url_name)
    field = host.page.get_by_label("Address after /v/")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(why)
    await expect(field).to_be_focused()
    assert await house.value("SELECT count(*) FROM venues WHERE url_name = $1", VENUE) == 1


async def test_who_was_told_of_an_address_reconnects_under_it(people: People, house: House) -> None:
    page = await people.page(TV)
    line = await Line.of(page)
    await page.clock.install()
    host = await people.host(page)
    await move(house, "the-anchor")
    await expect(page.locator("#screen-link")).to_have_attribute("href", "/v/the-anchor/screen")
    await line.cut()
    await page.clock.run_for("00:20")
    await expect(page.locator("#live")).not_to_have_attribute("data-status", "live")
    line.mend()
    await page.clock.run_for("00:40")
    await host.is_live()


async def test_a_screen_that_was_away_shows_no_code_that_leads_nowhere(people: People, house: House) -> None:
    page = await people.page(TV)
    line = await Line.of(page)
    await page.clock.install()
    await page.goto(f"/v/{VENUE}/screen")
    await expect(page.locator("#clock")).not_to_be_empty()
    await expect(page.locator(".code")).to_be_visible()
    await line.cut()
    await move(house, "the-anchor")
    await page.clock.run_for("06:00")
    await expect(page.locator(".code")).to_be_hidden()
    await expect(page.get_by_text("This address has changed.")).to_be_visible()
    line.mend()
    await page.clock.run_for("06:00")
    await expect(page).to_have_url(re.compile("/v/the-anchor/screen$"))
    await expect(page.locator(".code")).to_be_visible()
