"""The API docs, made from the route table."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import LAPTOP, People


async def test_every_call_is_on_the_page(people: People) -> None:
    _, document = await people.house.call("GET", "/openapi.json")
    page = await people.page(LAPTOP)
    await page.goto("/docs")
    calls = page.locator("summary")
    await expect(calls).to_have_count(sum(len(methods) for methods in document["paths"].values()))
    shown = await page.locator("summary code:nth-child(2)").all_text_contents()
    assert set(shown) == set(document["paths"])
