"""The singer page without script: the same things, by forms and reloads."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import People, Singer
from tests.house import House


async def find(singer: Singer, text: str) -> None:
    await singer.search(text)
    await singer.page.get_by_role("button", name="Search").click()


async def test_a_song_is_found_asked_for_and_withdrawn(people: People, house: House) -> None:
    anna = await people.singer("Anna", java_script_enabled=False)
    await find(anna, "jude")
    await anna.song("Hey Jude").click()
    await anna.page.get_by_label("Your name").fill("Anna <b>")
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await anna.page.reload()
    await expect(anna.page.locator(".card")).to_have_count(1)
    assert await house.value("SELECT count(*) FROM requests") == 1
    await anna.card("Hey Jude").get_by_role("button", name="Withdraw").click()
    await expect(anna.page.locator(".card")).to_have_count(0)


async def test_where_singers_take_turns_a_place_among_the_waiting_is_not_told(people: People, house: House) -> None:
    anna = await people.singer("Anna", java_script_enabled=False)
    await find(anna, "jude")
    await anna.song("Hey Jude").click()
    await anna.page.get_by_label("Your name").fill("Anna")
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.card("Hey Jude")).to_contain_text("Nothing is waiting before yours.")
    await house.value("UPDATE venues SET rotation = 'fewest' RETURNING 1")
    await anna.page.reload()
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await expect(anna.card("Hey Jude")).not_to_contain_text("before yours")


async def test_the_same_song_twice_is_asked_about(people: People, house: House) -> None:
    anna = await people.singer("Anna", java_script_enabled=False)
    for _ in range(2):
        await find(anna, "jude")
        await anna.song("Hey Jude").click()
        await anna.page.get_by_label("Your name").fill("Anna")
        await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.page.get_by_text("You already asked for this.")).to_be_visible()
    await anna.page.get_by_role("button", name="Ask anyway").click()
    await expect(anna.page.locator(".card")).to_have_count(2)
    assert await house.value("SELECT count(*) FROM requests") == 2


async def test_the_song_book_can_be_leafed_through(people: People) -> None:
    anna = await people.singer(java_script_enabled=False)
    first = await anna.page.locator("#results b").all_text_contents()
    await anna.page.get_by_role("button", name="Show more").click()
    second = await anna.page.locator("#results b").all_text_contents()
    assert first
    assert second
    assert set(first).isdisjoint(second)
