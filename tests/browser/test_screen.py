"""The venue's screen through a long night: honest while the network is away, whole again by itself."""

from __future__ import annotations

import re

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
