"""The API docs, made from the route table."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import LAPTOP, PHONE, People


async def test_every_call_is_on_the_page(people: People) -> None:
    _, document = await people.house.call("GET", "/openapi.json")
    page = await people.page(LAPTOP)
    await page.goto("/docs")
    calls = page.locator("summary")
    await expect(calls).to_have_count(sum(len(methods) for methods in document["paths"].values()))
    shown = await page.locator("summary code:nth-child(2)").all_text_contents()
    assert set(shown) == set(document["paths"])


async def test_each_part_of_the_service_has_a_heading(people: People) -> None:
    page = await people.page(LAPTOP)
    await page.goto("/docs")
    headings = page.get_by_role("heading", level=2)
    await expect(headings.first).to_have_text("operations")
    assert {"identity", "venues", "songs", "queue", "realtime"} < set(await headings.all_text_contents())
    await expect(page.locator("section", has_text="operations").first).to_contain_text("/openapi.json")


async def test_a_call_tells_who_may_make_it_and_what_it_takes(people: People) -> None:
    page = await people.page(PHONE)
    await page.goto("/docs")
    call = page.locator("details", has=page.get_by_text("/v1/public/venues/{url_name}/requests", exact=True))
    await call.locator("summary").click()
    for words in ("Who", "How often", "Takes", "singerName", "Gives", "trackingToken"):
        await expect(call.locator(".about")).to_contain_text(words)


async def test_a_description_that_does_not_come_is_said_to_be_missing(people: People) -> None:
    page = await people.page(PHONE)
    await page.route("**/openapi.json", lambda route: route.abort())
    await page.goto("/docs")
    await expect(page.get_by_text("The description cannot be read right now. Reload to try again.")).to_be_visible()
