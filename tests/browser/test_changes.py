"""A singer changes what waits, by finger or by keys, and everybody sees it in its place."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import People
from tests.house import House


async def test_a_waiting_request_gets_another_key_and_the_console_shows_it(people: People) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await anna.ask("Hey Jude")
    change = anna.card("Hey Jude").get_by_role("button", name="Change")
    await change.focus()
    await anna.page.keyboard.press("Enter")
    key = anna.page.get_by_label("Key", exact=True)
    await expect(key).to_be_focused()
    await key.select_option("-3")
    await anna.page.get_by_role("button", name="Save").click()
    await expect(anna.card("Hey Jude")).to_contain_text("key −3")
    await expect(change).to_be_focused()
    await expect(host.row("Anna").locator(".key")).to_have_text("key −3")
    await expect(anna.card("Hey Jude")).to_contain_text("Seen by the KJ.")
    await change.click()
    await expect(key).to_have_value("-3")


async def test_the_song_of_a_waiting_request_is_swapped(people: People, house: House) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await anna.card("Hey Jude").get_by_role("button", name="Change").click()
    await anna.page.get_by_role("button", name="Another song").click()
    await expect(anna.page.locator("#swapping")).to_contain_text("Choose a song instead of \u2068Hey Jude\u2069.")
    await expect(anna.page.get_by_role("searchbox")).to_be_focused()
    await anna.search("Rocket Man")
    await anna.song("Rocket Man").click()
    await anna.page.get_by_role("button", name="Save").click()
    await expect(anna.card("Rocket Man").get_by_role("button", name="Change")).to_be_focused()
    await expect(anna.page.locator(".card")).to_have_count(1)
    await expect(host.row("Anna")).to_contain_text("Rocket Man")
    await expect(host.rows).to_have_count(1)
    assert await house.value("SELECT count(*) FROM requests") == 1
    await anna.song("Rocket Man").click()  # the sheet asks again
    await expect(anna.page.get_by_role("button", name="Ask for it")).to_be_visible()


async def test_a_change_that_comes_too_late_says_so(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await anna.card("Hey Jude").get_by_role("button", name="Change").click()
    request_id = await house.value("SELECT requests_id FROM requests")
    path, headers = f"/v1/customer/requests/{request_id}", await house.sign_in()
    await house.call("PATCH", path, json={"status": "processed"}, headers=headers)
    await anna.page.get_by_role("button", name="Save").click()
    await expect(anna.page.locator("#error")).to_have_text("The KJ has already dealt with it.")


async def test_a_waiting_request_is_changed_although_requests_are_closed(people: People) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await host.turn()
    await expect(anna.page.get_by_text("Requests are closed. You can still search.").first).to_be_visible()
    await anna.card("Hey Jude").get_by_role("button", name="Change").click()
    await anna.page.get_by_label("Key", exact=True).select_option("2")
    await anna.page.get_by_role("button", name="Save").click()
    await expect(host.row("Anna").locator(".key")).to_have_text("key +2")


async def test_who_is_next_hears_and_feels_it(people: People) -> None:
    anna, bo = await people.singer("Anna"), await people.singer("Bo")
    await bo.page.evaluate("navigator.vibrate = (pattern) => (window.felt = pattern)")
    await anna.ask("Hey Jude")
    await bo.ask("Rocket Man")
    await expect(bo.card("Rocket Man")).to_contain_text("1 request came before yours.")
    await expect(bo.card("Rocket Man")).not_to_have_class("card next")
    await anna.withdraw("Hey Jude")
    await expect(bo.page.locator("#said")).to_have_text("\u2068Rocket Man\u2069: yours is the next request.")
    await expect(bo.card("Rocket Man")).to_have_class("card next")
    assert await bo.page.evaluate("window.felt") == [200, 100, 200]


async def test_who_waits_hears_that_requests_are_closed(people: People) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(host.row("Anna")).to_be_visible()
    await host.turn()
    await expect(anna.page.locator("#said")).to_have_text("Requests are closed. What you asked for still waits.")
