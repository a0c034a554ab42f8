"""Through the book without a search, and what is said of a song before it is asked for."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import People
from tests.house import House


async def test_letters_lead_to_artists_and_artists_to_songs_and_back_again(people: People) -> None:
    anna = await people.singer("Anna")
    ways, rows = anna.page.locator("#ways"), anna.page.locator("#results")
    await ways.get_by_role("link", name="Artists").click()
    await expect(rows.get_by_role("link").first).to_be_visible()
    letter = anna.page.locator("#letters").get_by_role("link", name="Q", exact=True)
    await letter.click()
    await expect(letter).to_have_attribute("aria-current", "true")
    await rows.get_by_role("link", name="Queen").focus()
    await anna.page.keyboard.press("Enter")
    heading = anna.page.get_by_role("heading", name="Songs by")
    await expect(heading).to_be_focused()
    await expect(anna.song("Bohemian Rhapsody")).to_be_visible()
    await anna.page.reload()
    await anna.is_live()
    await expect(anna.song("Bohemian Rhapsody")).to_be_visible()
    await anna.page.go_back()
    await expect(rows.get_by_role("link", name="Queen")).to_be_visible()
    await expect(anna.page.locator("#heading")).to_be_empty()
    await anna.page.go_back()
    await anna.page.go_back()
    await expect(ways.get_by_role("link", name="All songs")).to_have_attribute("aria-current", "true")
    await anna.search("bohemian")
    await expect(anna.song("Bohemian Rhapsody")).to_be_visible()
    await expect(ways).to_be_hidden()
    await anna.search("")
    await expect(ways).to_be_visible()


async def test_without_a_script_the_same_ways_are_links(people: People) -> None:
    bo = await people.singer(java_script_enabled=False)
    for link in ("Artists", "Q", "Queen"):
        await bo.page.locator("main").get_by_role("link", name=link, exact=link == "Q").click()
    await bo.song("Bohemian Rhapsody").click()
    await bo.page.get_by_label("Your name").fill("Bo")
    await bo.page.get_by_role("button", name="Ask for it").click()
    await expect(bo.card("Bohemian Rhapsody")).to_be_visible()


async def test_songs_that_wait_or_were_sung_tonight_say_so(people: People, house: House) -> None:
    host, anna, bo = await people.host(), await people.singer("Anna"), await people.singer("Bo")
    await anna.ask("Hey Jude")
    await bo.search("Hey Jude")
    await expect(bo.song("Hey Jude")).to_contain_text("already in the queue")
    await bo.song("Hey Jude").click()
    await expect(bo.page.locator("#sheet")).to_contain_text("already in the queue")
    await bo.page.get_by_role("link", name="Cancel").click()
    await host.press("Accept", "Anna")
    await expect(bo.song("Hey Jude")).not_to_contain_text("already in the queue")
    await bo.page.reload()
    await expect(bo.song("Hey Jude")).to_contain_text("sung tonight")
    assert await house.value("SELECT count(*) FROM requests") == 1


async def test_what_comes_to_be_known_of_a_song_moves_no_row(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    rows = anna.page.locator("#results button")
    first, second = await rows.nth(0).inner_text(), rows.nth(1)
    title, artist = first.split("\n")
    before = await second.bounding_box()
    await house.ask(singerName="Bo", artist=artist, title=title)
    await expect(rows.nth(0)).to_contain_text("already in the queue")
    assert await second.bounding_box() == before


async def test_where_the_queue_is_hidden_only_ones_own_songs_are_marked(people: People, house: House) -> None:
    venue, headers = await house.venue_id(), await house.sign_in()
    change = {"queuePrivacy": "hidden"}
    await house.call("PATCH", f"/v1/customer/venues/{venue}", json=change, headers=headers)
    anna, bo = await people.singer("Anna"), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.song("Hey Jude")).to_contain_text("already in the queue")
    await expect(bo.page.locator("#queue")).to_have_text("1 request with the KJ")
    await bo.search("Hey Jude")
    await bo.song("Hey Jude").click()
    await bo.page.get_by_label("Your name").fill("Anna")
    await expect(bo.page.locator("#sheet")).not_to_contain_text("already in the queue")
    await expect(bo.page.locator("#namesake")).to_be_empty()


async def test_somebody_of_the_same_name_is_told_before_asking(people: People) -> None:
    anna, other = await people.singer("Anna"), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(other.page.locator("#queue")).to_have_text("1 request with the KJ")
    await other.search("Rocket Man")
    await other.song("Rocket Man").click()
    await other.page.get_by_label("Your name").fill("anna")
    await expect(other.page.locator("#namesake")).to_contain_text("Add an initial?")
    await other.page.get_by_label("Your name").fill("Anna B.")
    await expect(other.page.locator("#namesake")).to_be_empty()


async def rules(house: House, **given: object) -> None:
    path = f"/v1/customer/venues/{await house.venue_id()}"
    status, _ = await house.call("PATCH", path, json={"rules": given}, headers=await house.sign_in())
    assert status == 200


async def test_beyond_the_limit_a_song_may_take_anothers_place(people: People, house: House) -> None:
    await rules(house, requestsPerSinger=1)
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await anna.ask("Rocket Man")
    await expect(anna.card("Rocket Man")).to_contain_text("One song at a time here. Swap?")
    await anna.card("Rocket Man").get_by_role("button", name="Swap").click()
    await anna.page.get_by_role("button", name="Save").click()
    await expect(anna.card("Rocket Man")).to_contain_text("The KJ has your request.")
    await expect(anna.page.locator(".card")).to_have_count(1)
    assert await house.value("SELECT string_agg(title, ',') FROM requests") == "Rocket Man"


async def test_a_song_that_is_sung_once_a_night_is_not_offered_again(people: People, house: House) -> None:
    await rules(house, songOncePerNight=True)
    await house.ask(artist="The Beatles", title="Hey Jude")
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("Each song is sung once a night")
    await expect(anna.card("Hey Jude").get_by_role("button")).to_have_count(1)
