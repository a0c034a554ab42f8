"""The venue's screen through a long night: honest while the network is away, whole again by itself."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.people import TV, VENUE, People
from tests.house import House

AFTERNOON = "2026-03-06T15:00:00"
SCRIPT = re.compile(r"(/static/screen-screen\.)\w+")


async def watched(people: People) -> Page:
    """The screen, whose clock is ours."""
    page = await people.page(TV, timezone_id="UTC")
    await page.clock.install(time=AFTERNOON)
    await page.goto(f"/v/{VENUE}/screen")
    return page


async def test_after_ten_minutes_without_the_server_names_go_and_the_code_stays(people: People, house: House) -> None:
    await house.ask(singerName="Anna", title="One")
    screen = await watched(people)
    await expect(screen.locator("#queue")).to_contain_text("Anna")
    await screen.context.set_offline(True)
    await screen.clock.run_for("00:45")
    await expect(screen.locator("#live")).to_be_hidden()
    await screen.clock.run_for("02:15")
    await expect(screen.locator("#live")).to_be_visible()
    await expect(screen.locator("#queue")).to_be_visible()
    await screen.clock.run_for("10:00")
    await expect(screen.locator("#queue")).to_be_hidden()
    await expect(screen.locator(".code")).to_be_visible()


async def test_at_six_it_fetches_itself_anew_once_the_server_answers(people: People) -> None:
    screen = await watched(people)
    await expect(screen.locator("#scan")).to_be_visible()
    await screen.evaluate("document.body.dataset.old = ''")
    await screen.route(f"**/v/{VENUE}/screen", lambda route: route.abort())
    async with screen.expect_event("requestfailed"):
        await screen.clock.fast_forward("15:05:00")
    await expect(screen.locator("body[data-old]")).to_have_count(1)
    await screen.unroute_all()
    await screen.clock.fast_forward("06:00")
    await expect(screen.locator("body[data-old]")).to_have_count(0)
    await expect(screen.locator("#scan")).to_be_visible()


async def test_a_new_version_is_fetched_once_the_server_has_it(people: People) -> None:
    screen = await watched(people)
    await expect(screen.locator("#scan")).to_be_visible()
    await screen.evaluate("document.body.dataset.old = ''")
    async with screen.expect_response(f"**/v/{VENUE}/screen") as looked:
        await screen.clock.fast_forward("06:00")
    await (await looked.value).finished()
    await expect(screen.locator("body[data-old]")).to_have_count(1)

    async def another(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=SCRIPT.sub(r"\g<1>aaaaaaaaaaaa", await answer.text()))

    await screen.route(f"**/v/{VENUE}/screen", another)
    await screen.clock.fast_forward("06:00")
    await expect(screen.locator("body[data-old]")).to_have_count(0)
    await expect(screen.locator("#live")).to_be_hidden()
    await expect(screen.locator("#clock")).not_to_be_empty()


async def test_no_picture_stands_long_enough_to_burn_in(people: People) -> None:
    screen = await watched(people)
    await expect(screen.locator("#scan")).to_be_visible()

    async def left_edge() -> float:
        return float(await screen.locator("footer h1").evaluate("(node) => node.getBoundingClientRect().left"))

    at_first = await left_edge()
    await screen.clock.fast_forward("03:01")
    assert await left_edge() == at_first + 8
    await expect(screen.locator("#stage")).to_have_class("swapped")  # three in the afternoon is odd
    await screen.clock.fast_forward("01:00:00")
    await expect(screen.locator("#stage")).not_to_have_class("swapped")
    await screen.clock.fast_forward("01:00:00")
    await expect(screen.locator("#stage")).to_have_class("swapped")


async def test_nothing_stands_in_the_margin_that_a_tv_may_cut_off(people: People, house: House) -> None:
    for n in range(9):
        house.client.session.cookie_jar.clear()
        await house.ask(singerName=f"Singer with a long name {n}", title=f"Quite a long title of a song {n}")
    screen = await people.screen()
    await expect(screen.locator("#queue li")).to_have_count(7)
    outside = """() => [...document.querySelectorAll("h1, h2, p, li, svg")].filter((node) => {
        const { left, right, top, bottom, width } = node.getBoundingClientRect();
        const [x, y] = [innerWidth * 0.05, innerHeight * 0.05];
        const isOut = left < x - 1 || right > innerWidth - x + 1 || top < y - 1 || bottom > innerHeight - y + 1;
        return width && getComputedStyle(node).visibility === "visible" && isOut;
    }).map((node) => node.id || node.tagName)"""
    assert await screen.evaluate(outside) == []
    shown = await screen.locator(".code").bounding_box()
    assert shown
    assert shown["height"] >= 0.26 * TV[1]


async def test_an_address_reads_from_the_left_in_every_language(people: People) -> None:
    page = await people.page(TV, locale="ar")
    await page.goto(f"/v/{VENUE}/screen")
    assert await page.locator(".link").evaluate("(node) => getComputedStyle(node).direction") == "ltr"


@pytest.mark.parametrize("size", [TV, (1280, 720), (1080, 1920)])
async def test_a_long_message_takes_the_room_of_the_last_rows_and_of_nothing_else(
    size: tuple[int, int], people: People, house: House
) -> None:
    for n in range(9):
        house.client.session.cookie_jar.clear()
        await house.ask(singerName=f"Singer {n}", title=f"Song {n}")
    page = await people.page(size)
    await page.goto(f"/v/{VENUE}/screen")
    await expect(page.locator("#queue li")).to_have_count(7)
    path, body = f"/v1/customer/venues/{await house.venue_id()}", {"message": "Two for one until ten. " * 8}
    assert (await house.call("PATCH", path, json=body, headers=await house.sign_in()))[0] == 200
    await expect(page.locator("#message")).to_contain_text("Two for one")
    shown = await page.locator("#queue li").count()
    assert 1 <= shown < 7
    await expect(page.locator("#rest")).to_have_text(f"and {9 - shown} more")
    edges = """(nodes) => nodes.map((node) => node.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom])"""
    [footer] = await page.locator("footer").evaluate_all(edges)
    for top, bottom in await page.locator("#message, #queue li, #rest, .scan").evaluate_all(edges):
        assert top >= 0.05 * size[1] - 1
        assert bottom <= footer[0] + 1


async def test_that_requests_are_closed_stands_in_the_middle(people: People, house: House) -> None:
    await house.ask(singerName="Anna", title="One")
    screen = await people.screen()
    await expect(screen.locator("#queue li")).to_have_count(1)
    path, body = f"/v1/customer/venues/{await house.venue_id()}", {"acceptingRequests": False}
    assert (await house.call("PATCH", path, json=body, headers=await house.sign_in()))[0] == 200
    words = screen.get_by_text("Requests are closed. Enjoy the show.")
    await expect(words).to_be_visible()
    await expect(screen.locator(".code")).to_be_hidden()
    box, stage = await words.bounding_box(), await screen.locator("#stage").bounding_box()
    assert box
    assert stage
    assert abs(box["y"] + box["height"] / 2 - stage["y"] - stage["height"] / 2) < 0.02 * TV[1]


@pytest.mark.parametrize("size", [TV, (1280, 720), (3840, 2160)])
async def test_a_name_is_read_from_the_back_of_the_room(size: tuple[int, int], people: People, house: House) -> None:
    headers, venue = await house.sign_in(), await house.venue_id()
    path, body = f"/v1/customer/venues/{venue}/rotation", {"preset": "arrival"}
    assert (await house.call("PATCH", path, json=body, headers=headers))[0] == 200
    for name in ("Anna", "Bo"):
        house.client.session.cookie_jar.clear()
        await house.ask(singerName=name, title=f"Song of {name}")
    page = await people.page(size)
    await page.goto(f"/v/{VENUE}/screen")
    await expect(page.locator("#queue li")).to_have_count(2)
    number = await house.value("SELECT requests_id FROM requests WHERE singer_name = 'Anna'")
    body = {"status": "processed"}
    assert (await house.call("PATCH", f"/v1/customer/requests/{number}", json=body, headers=headers))[0] == 200
    await expect(page.locator("#queue .now b")).to_have_text("Anna")
    heights = """() => [...document.querySelectorAll("body *")]
      .filter((node) => [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim()))
      .filter((node) => node.checkVisibility())
      .map((node) => [node.textContent, (100 * parseFloat(getComputedStyle(node).fontSize)) / innerHeight])"""
    shown = dict(await page.evaluate(heights))
    assert shown["Anna"] >= 8
    assert shown["Bo"] >= 5
    assert {text: height for text, height in shown.items() if height < 3} == {}


async def test_the_clock_is_read_as_the_screens_language_has_it(people: People) -> None:
    page = await people.page(TV, timezone_id="UTC", locale="en-US")
    await page.clock.install(time=AFTERNOON)
    await page.goto(f"/v/{VENUE}/screen")
    await expect(page.locator("#clock")).to_have_text("03:00 PM")
    await page.goto(f"/v/{VENUE}/screen?lang=de")
    await expect(page.locator("#clock")).to_have_text("15:00")
