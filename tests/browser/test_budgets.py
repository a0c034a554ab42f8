"""What the singer page asks of a phone: calls before it is usable, nothing twice, few nodes however long the queue."""

from __future__ import annotations

from playwright.async_api import expect

from singr.telemetry import metrics
from tests.browser.people import PHONE, VENUE, People, Singer
from tests.browser.test_offline import kept_page
from tests.house import House

REQUESTS_MAX, NODES_MAX = 3, 400
FILES = 3  # the page's script, its icon, and the worker
QUEUE = 300
ASKED = """
    INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_name, artist, title)
    SELECT customer_profiles_id, venues_id, 1000 + n, 'Singer ' || n, 'Artist ' || n, 'Title ' || n
    FROM venues, generate_series(1, $1) AS n WHERE url_name = $2
"""
MOVED = "UPDATE venue_streams s SET version = s.version + 1 FROM venues v WHERE v.venues_id = s.venues_id"


def answered(path: str, status: int) -> float:
    """How often a path of ours has answered so."""
    return float(metrics.CALLS.labels("GET", path, status)._value.get())


async def test_three_calls_make_the_page_usable(people: People) -> None:
    page = await people.page(PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.route("**/v1/**", lambda route: route.abort())
    await page.goto(f"/v/{VENUE}")
    await page.locator("#results button").first.click()
    await expect(page.get_by_role("button", name="Ask for it")).to_be_visible()
    assert len([url for url in asked if "/v1/" not in url]) <= REQUESTS_MAX, asked


async def test_the_worker_costs_a_first_visit_nothing_but_itself(people: People) -> None:
    pages, files = answered("/v/{url_name}", 200), answered("/static/{name}", 200)
    anna = await people.singer()
    await kept_page(anna)
    assert answered("/v/{url_name}", 200) == pages + 1
    assert answered("/static/{name}", 200) == files + FILES


async def test_a_second_visit_fetches_nothing_that_is_there_already(people: People) -> None:
    anna = await people.singer()
    await anna.page.wait_for_load_state("networkidle")
    pages, files = answered("/v/{url_name}", 304), answered("/static/{name}", 200)
    again = Singer(await anna.page.context.new_page())
    await again.page.goto(f"/v/{VENUE}")
    await again.is_live()
    assert answered("/v/{url_name}", 304) == pages + 1
    assert answered("/static/{name}", 200) == files


async def test_the_page_stays_small_while_three_hundred_wait(people: People, house: House) -> None:
    await house.value("UPDATE venues SET queue_privacy = 'first_names'")
    await house.value(ASKED, QUEUE, VENUE)
    await house.value(MOVED)
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text(f"{QUEUE} requests came before yours.")
    assert await anna.page.evaluate("document.querySelectorAll('*').length") <= NODES_MAX
