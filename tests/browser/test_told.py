"""What a singer does and what becomes of it is said in words that can be seen, most of all when it did not work."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from playwright.async_api import Error, Route, expect

from tests.browser.people import PHONE, VENUE, People, Singer, press_surely
from tests.browser.test_browsing import rules
from tests.browser.test_favorites import sign_in
from tests.house import House

OWN = "**/v1/public/requests/*"
BOOK = f"**/venues/{VENUE}/songs?*"
IS_CLIPPED = "(node) => node.scrollHeight > node.clientHeight"


async def waiting(people: People) -> Singer:
    """Anna, whose request the KJ has."""
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    return anna


async def test_a_withdrawal_that_failed_is_said_on_its_card_for_a_while(people: People) -> None:
    anna = await waiting(people)
    await anna.page.route(OWN, lambda route: route.abort())
    await anna.withdraw("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("Not withdrawn: no connection.")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await anna.page.unroute(OWN)
    await anna.card("Hey Jude").get_by_role("button", name="Withdraw").click()
    await press_surely(anna.card("Hey Jude").get_by_role("button", name="Really?"))
    await expect(anna.page.locator(".card")).to_have_count(0)
    await expect(anna.page.locator("#said")).to_have_text("Withdrawn.")


async def test_a_change_that_failed_stays_open_for_another_try(people: People) -> None:
    anna = await waiting(people)
    await anna.page.route(OWN, lambda route: route.abort())
    await anna.card("Hey Jude").get_by_role("button", name="Change").click()
    await anna.page.get_by_label("Key", exact=True).select_option("2 half-tones lower")
    await anna.page.get_by_role("button", name="Save").click()
    await expect(anna.page.locator("#error")).to_have_text("Not changed: no connection. Try again.")
    await anna.page.unroute(OWN)
    await anna.page.get_by_role("button", name="Save").click()
    await expect(anna.page.locator("#said")).to_contain_text("Changed.")
    await expect(anna.card("Hey Jude")).to_contain_text("The Beatles · key −2")


async def test_who_keeps_the_song_after_all_chooses_no_other(people: People) -> None:
    anna = await waiting(people)
    await anna.card("Hey Jude").get_by_role("button", name="Change").click()
    await anna.page.get_by_role("button", name="Another song").click()
    await anna.page.get_by_role("button", name="Keep it").click()
    await expect(anna.page.locator("#swapping")).to_be_hidden()
    await expect(anna.card("Hey Jude").get_by_role("button", name="Change")).to_be_focused()
    await anna.search("Rocket Man")
    await anna.song("Rocket Man").click()
    await expect(anna.page.get_by_role("button", name="Ask for it")).to_be_visible()


async def test_a_note_is_for_the_song_it_was_written_for(people: People) -> None:
    anna = await people.singer("Anna")
    note, cancel = anna.page.get_by_label("Note to the KJ"), anna.page.get_by_role("link", name="Cancel")
    await anna.search("Hey Jude")
    for written in ("", "With Bo"):
        await anna.song("Hey Jude").click()
        await anna.page.locator("details").evaluate("(node) => (node.open = true)")
        await expect(note).to_have_value(written)
        await note.fill("With Bo")
        await cancel.click()
    await anna.search("Rocket Man")
    await anna.song("Rocket Man").click()
    await expect(anna.page.get_by_text("Key and a note")).to_be_visible()
    await expect(note).to_be_hidden()
    await expect(note).to_have_value("")


async def test_the_last_question_wins_and_the_old_list_stays_until_its_answer_is_there(people: People) -> None:
    anna, asked, answered = await people.singer(), asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.set()
        await answered.wait()
        with suppress(Error):  # nobody waits for it any more
            await route.continue_()

    titles = anna.page.locator("#results b")
    before = await titles.all_text_contents()
    await anna.page.route("**/songs?q=hey*", slowly)
    await anna.search("hey jude")
    await asked.wait()
    assert await titles.all_text_contents() == before
    await anna.search("rocket man")
    await expect(titles).to_have_text(["Rocket Man"])
    answered.set()
    await anna.page.unroute_all(behavior="wait")
    for _ in range(3):  # calls that are made later than the late answer is sent
        await anna.page.evaluate("fetch('/healthz').then((answer) => answer.text())")
    await expect(titles).to_have_text(["Rocket Man"])


async def test_a_search_or_a_list_without_an_answer_says_so_and_goes_on(people: People) -> None:
    anna = await people.singer()
    said = anna.page.locator("#meant")
    await anna.page.route(BOOK, lambda route: route.abort())
    await anna.search("jude")
    await expect(said).to_have_text("Cannot search right now. Trying again when you type.")
    await anna.search("")
    await expect(said).to_have_text("No connection. Try again.")
    await anna.page.unroute(BOOK)
    await anna.search("hey jude")
    await expect(said).to_be_empty()
    await expect(anna.page.locator("#said")).to_have_text("1 song")
    await anna.search("")
    await expect(anna.page.locator("#said")).to_have_text("20 songs, and more")


async def test_a_song_that_could_not_be_kept_says_so(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await sign_in(anna, house)
    await anna.page.route("**/favorites/songs", lambda route: route.abort())
    await anna.search("Rocket Man")
    await anna.song("Rocket Man").click()
    await anna.page.get_by_role("button", name="Keep in my songs").click()
    await expect(anna.page.locator("#error")).to_have_text("Not kept: no connection. Try again.")


async def test_who_waits_behind_a_request_that_is_too_soon_reads_until_when(people: People, house: House) -> None:
    await rules(house, cooldownMinutes=10)
    anna = await waiting(people)
    for title in ("Rocket Man", "Halo"):
        await anna.ask(title)
        said = re.compile(r"That is a lot of requests\. Trying again in \d+ minutes\.")
        await expect(anna.card(title).locator(".standing")).to_have_text(said)
    await anna.card("Halo").get_by_role("button", name="Drop").click()
    await expect(anna.page.locator(".card")).to_have_count(2)


async def test_a_long_reason_can_be_read_to_its_end(people: People, house: House) -> None:
    anna = await waiting(people)
    request = await house.value("SELECT requests_id FROM requests")
    body = {"status": "rejected", "rejectReason": "Too long for tonight, and somebody sang it a little while ago."}
    await house.call("PATCH", f"/v1/customer/requests/{request}", json=body, headers=await house.sign_in())
    card = anna.card("Hey Jude")
    await expect(card).to_contain_text("Pick another?")
    assert not await card.locator("div").first.evaluate(IS_CLIPPED)
    body["rejectReason"] = "word " * 40
    await house.value("UPDATE requests SET reject_reason = $1 RETURNING 1", body["rejectReason"])
    await anna.page.reload()
    await anna.is_live()
    text = card.locator("div").first
    assert await text.evaluate(IS_CLIPPED)
    await text.hover()
    await anna.page.mouse.wheel(0, 1000)
    await expect(text).not_to_have_js_property("scrollTop", 0)


async def test_a_closed_venue_invites_nobody(people: People, house: House) -> None:
    path, body = f"/v1/customer/venues/{await house.venue_id()}", {"acceptingRequests": False}
    anna = await people.singer("Anna")
    await expect(anna.page.locator("#queue")).to_have_text("Nothing waiting. Be first.")
    await house.call("PATCH", path, json=body, headers=await house.sign_in())
    await expect(anna.page.locator("#queue")).to_have_text("Nothing waiting.")
    bo = await people.singer("Bo", java_script_enabled=False)
    await expect(bo.page.locator("#queue")).to_have_text("Nothing waiting.")


async def test_the_light_theme_is_chosen_by_a_press_and_kept(people: People) -> None:
    anna = await people.singer("Anna")
    await expect(anna.page).to_have_title("Sing at Test Karaoke Bar")
    await anna.page.get_by_role("button", name="Light theme").click()
    for _ in range(2):
        await expect(anna.page.locator("html")).to_have_attribute("data-theme", "light")
        await expect(anna.page.get_by_role("button", name="Dark theme")).to_be_visible()
        await anna.page.reload()


async def test_a_page_without_a_network_or_a_venue_says_which(people: People) -> None:
    anna = await people.singer("Anna")
    await anna.page.context.set_offline(True)
    await expect(anna.page.locator("#live")).to_have_text("Offline")
    bo = Singer(await people.page(PHONE), "Bo")
    await bo.page.route_web_socket("**/v1/live", lambda socket: socket.close(code=4404))
    await bo.page.goto(f"/v/{VENUE}")
    await expect(bo.page.locator("#live")).to_have_text("This page is out of date. Reload it.")


async def test_nothing_is_on_its_way_to_a_page_without_script(people: People) -> None:
    bo = await people.singer("Bo", java_script_enabled=False)
    await expect(bo.page.locator("#live")).to_be_hidden()


async def test_what_appears_under_a_finger_is_not_pressed_by_it(people: People) -> None:
    anna = await people.singer("Anna")
    await anna.search("Hey Jude")
    await expect(anna.page.locator("#results b")).to_have_text(["Hey Jude"])
    met = """() => {
      const { x, y, width, height } = document.querySelector("#go").getBoundingClientRect();
      return document.elementFromPoint(x + width / 2, y + height / 2)?.id;
    }"""
    open_ = f"() => {{ document.querySelector('#results button').click(); return ({met})(); }}"
    assert await anna.page.evaluate(open_) != "go"
    async with asyncio.timeout(60):
        while await anna.page.evaluate(met) != "go":
            await asyncio.sleep(0.05)


async def test_a_tablet_without_a_network_keeps_what_was_asked_for_until_it_is_sent(
    people: People, house: House
) -> None:
    path = f"/v1/customer/venues/{await house.venue_id()}/kiosk"
    _, link = await house.call("POST", path, headers=await house.sign_in())
    page = await people.page(PHONE)
    await page.clock.install()
    tablet = Singer(page, "Anna")
    await page.goto(link["path"])
    await tablet.is_live()
    await tablet.search("Hey Jude")
    await tablet.song("Hey Jude").click()
    await page.context.set_offline(True)
    await page.get_by_label("Your name").fill("Anna")
    await page.get_by_role("button", name="Ask for it").click()
    await page.clock.run_for("01:31")
    await expect(tablet.card("Hey Jude")).to_contain_text("Not sent yet.")
    await page.context.set_offline(False)
    await house.becomes("SELECT count(*) FROM requests", 1)
    await expect(tablet.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await page.clock.run_for("00:09")
    await expect(page.locator(".card")).to_have_count(0)


async def test_a_tablet_speaks_another_language_for_one_visit(people: People, house: House) -> None:
    path = f"/v1/customer/venues/{await house.venue_id()}/kiosk"
    _, link = await house.call("POST", path, headers=await house.sign_in())
    tablet = Singer(await people.page(PHONE), "Anna")
    await tablet.page.clock.install()
    await tablet.page.goto(link["path"])
    await tablet.page.get_by_role("link", name="Deutsch").click()
    await tablet.is_live()
    await expect(tablet.page.get_by_placeholder("Lied oder Interpret")).to_be_visible()
    await tablet.page.clock.run_for("01:31")
    await expect(tablet.page.get_by_placeholder("Song or artist")).to_be_visible()
    assert "singr_language" not in {cookie["name"] for cookie in await tablet.page.context.cookies()}


async def test_the_welcome_leads_on_and_a_wrong_turn_leads_back_to_it(people: People) -> None:
    page = await people.page(PHONE)
    await page.goto("/v/nowhere")
    await expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    await expect(page.get_by_text("Scan the code at the venue again, or ask the host for a new link.")).to_be_visible()
    await page.get_by_role("link", name="To the start").click()
    await expect(page.get_by_text("You want to sing? Scan the code at the venue.")).to_be_visible()
    await page.get_by_role("link", name="API").click()
    await expect(page.get_by_role("heading", name="Singr API")).to_be_visible()
    await page.go_back()
    await page.get_by_role("link", name="Host console").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
