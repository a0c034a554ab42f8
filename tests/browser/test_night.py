"""A night as people see it: singers on phones, the host at the console, the screen on the wall."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from singr.core import clock
from tests.browser.people import LAPTOP, People
from tests.house import House


async def test_a_request_is_asked_seen_accepted_and_heard_of(people: People) -> None:
    host, screen, anna = await people.host(), await people.screen(), await people.singer("Anna")
    await anna.ask("Don't Stop Me Now")
    await expect(host.row("Anna")).to_contain_text("Don't Stop Me Now")
    await expect(screen.locator("#queue")).to_contain_text("Anna")
    await expect(anna.card("Don't Stop Me Now")).to_contain_text("Seen by the KJ. Nothing is waiting before yours.")
    await host.press("Accept", "Anna")
    await expect(anna.card("Don't Stop Me Now")).to_contain_text("You’re on the list.")
    await expect(host.rows).to_have_count(0)
    await expect(screen.locator("#queue li")).to_have_count(0)


async def test_singers_learn_how_many_came_before(people: People) -> None:
    anna, bo = await people.singer("Anna"), await people.singer("Bo")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("Nothing is waiting before yours.")
    await bo.ask("Rocket Man")
    await expect(bo.card("Rocket Man")).to_contain_text("The KJ has your request. 1 request came before yours.")
    await anna.withdraw("Hey Jude")
    await expect(bo.card("Rocket Man")).to_contain_text("Nothing is waiting before yours.")


async def test_a_rejection_carries_its_reason(people: People) -> None:
    host, bo = await people.host(), await people.singer("Bo")
    await bo.ask("Bohemian Rhapsody")
    await host.press("Reject", "Bo")
    await expect(host.rows).to_have_count(0)
    await host.page.get_by_label("Reason").fill("Too long for tonight.")
    await host.page.keyboard.press("Enter")
    await expect(bo.card("Bohemian Rhapsody")).to_contain_text("Not this time")
    await expect(bo.card("Bohemian Rhapsody")).to_contain_text("Too long for tonight.")


async def test_a_rejection_can_be_undone_before_anybody_is_told(people: People, house: House) -> None:
    host, bo = await people.host(), await people.singer("Bo")
    await bo.ask("Bohemian Rhapsody")
    await host.press("Reject", "Bo")
    await host.page.get_by_role("button", name="Undo").click()
    await expect(host.row("Bo")).to_be_visible()
    await host.press("Accept", "Bo")
    await expect(bo.card("Bohemian Rhapsody")).to_contain_text("You’re on the list.")
    assert await house.value("SELECT count(*) FROM requests WHERE status = 'rejected'") == 0


async def test_what_is_withdrawn_leaves_every_page(people: People) -> None:
    host, screen, anna = await people.host(), await people.screen(), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(host.row("Anna")).to_be_visible()
    await expect(screen.locator("#queue li")).to_have_count(1)
    await anna.withdraw("Hey Jude")
    await expect(anna.page.locator(".card")).to_have_count(0)
    await expect(host.rows).to_have_count(0)
    await expect(screen.locator("#queue li")).to_have_count(0)


async def test_closing_is_told_everywhere(people: People) -> None:
    host, screen, anna = await people.host(), await people.screen(), await people.singer("Anna")
    await host.turn()
    await expect(host.page.locator("#state")).to_have_text("REQUESTS CLOSED")
    await expect(anna.page.get_by_text("Requests are closed. You can still search.").first).to_be_visible()
    await expect(screen.get_by_text("Requests are closed. Enjoy the show.")).to_be_visible()
    await expect(screen.locator("#scan")).to_be_hidden()
    await anna.search("Hey Jude")
    await anna.song("Hey Jude").click()
    await expect(anna.page.get_by_role("button", name="Ask for it")).to_be_hidden()
    await host.turn()
    await expect(anna.page.get_by_role("button", name="Ask for it")).to_be_visible()


async def test_what_the_host_writes_is_shown_to_everybody(people: People) -> None:
    host, screen, anna = await people.host(), await people.screen(), await people.singer("Anna")
    await host.page.get_by_label("Message on pages and screen").fill("Last call at <b>eleven</b>")
    await host.page.keyboard.press("Enter")
    await expect(host.page.get_by_text("Saved")).to_be_visible()
    for page in (anna.page, screen):
        await expect(page.locator("#message")).to_have_text("Last call at <b>eleven</b>")


async def test_a_hidden_queue_shows_how_many_wait_and_nothing_else(people: People, house: House) -> None:
    host, screen, anna = await people.host(), await people.screen(), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(screen.locator("#queue li")).to_have_count(1)
    await host.page.get_by_label("Others see of the queue").select_option("hidden")
    await expect(screen.locator("#queue li")).to_have_count(0)
    await expect(screen.locator("#waiting")).to_have_text("1 request with the KJ")
    assert "Anna" not in await screen.content()


async def test_the_console_says_when_openkj_has_collected(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    command = {"api_key": house.demo.api_key, "command": "getRequests", "venue_id": house.demo.venue_number}
    status, _ = await house.call("POST", "/v1/openkj/api/command", json=command)
    assert status == 200
    host = await people.host()
    await expect(host.page.locator("#openkj")).to_contain_text("ok,")
    await expect(host.page.locator("#songs")).to_contain_text("108 songs")


async def test_the_console_says_how_many_phones_and_screens_watch(people: People) -> None:
    await people.singer("Anna")
    await people.singer("Bo")
    screen, host = await people.screen(), await people.host()
    await expect(host.page.locator("#phones")).to_have_text("2")
    await expect(host.page.locator("#screens")).to_have_text("1")
    await screen.close()
    await expect(host.page.locator("#screens")).to_have_text("0")


async def test_a_rejection_is_sent_by_whoever_leaves_the_console(people: People) -> None:
    host, bo = await people.host(), await people.singer("Bo")
    await bo.ask("Bohemian Rhapsody")
    await host.press("Reject", "Bo")
    await host.page.goto("about:blank")
    await expect(bo.card("Bohemian Rhapsody")).to_contain_text("Not this time. Pick another?")


async def test_a_sync_that_stopped_half_way_is_decided_at_the_console(people: People, house: House) -> None:
    await house.value(
        "INSERT INTO song_generations (customer_profiles_id, openkj_system_id, status, documents, full_documents,"
        " songs_received, songs_skipped, songs_before)"
        " SELECT customer_profiles_id, 1, 'held', 2, 2, 2000, 0, 5000 FROM venues RETURNING 1"
    )
    host = await people.host()
    await expect(host.page.locator("#band")).to_contain_text("The last song sync stopped half-way.")
    await host.page.get_by_role("button", name="Keep the old 5,000").click()
    await expect(host.page.locator("#sync")).to_contain_text("dropped")
    await expect(host.page.locator("#band")).to_have_text("All is well.")
    await house.becomes("SELECT status FROM song_generations", "discarded")


async def test_house_rules_are_on_the_page_and_follow_a_change(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    seen = "Others see your song and your first name."
    await expect(anna.page.locator("#rules")).to_have_text(seen)
    path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    at = clock.night_began(ZoneInfo("America/New_York")) + timedelta(hours=23, minutes=59)
    rules = {"requestsPerSinger": 2, "lastCallAt": at.isoformat()}
    await house.call("PATCH", path, json={"rules": rules}, headers=headers)
    lines = anna.page.locator("#rules li")
    await expect(lines).to_have_text(["2 songs at a time.", "Last call at 04:59.", seen])
    await anna.page.reload()
    await expect(lines).to_have_text(["2 songs at a time.", "Last call at 04:59.", seen])
    await house.call("PATCH", path, json={"rules": "open"}, headers=headers)
    await expect(anna.page.locator("#rules")).to_have_text("Others see neither your name nor your song.")


async def test_a_song_that_was_sung_or_asked_for_tonight_says_so_at_its_row(people: People, house: House) -> None:
    headers = await house.sign_in()
    sung = await house.ask(singerName="Anna", title="Hey Jude")
    body = {"status": "processed"}
    assert (await house.call("PATCH", f"/v1/customer/requests/{sung['id']}", json=body, headers=headers))[0] == 200
    await house.value(
        "UPDATE requests SET requested_at = requested_at - interval '1 hour',"
        " processed_at = processed_at - interval '40 minutes' RETURNING 1"
    )
    await house.ask(singerName="Bo", title="HEY JUDE")
    await house.ask(singerName="Cy", title="Rocket Man")
    host = await people.host()
    await expect(host.row("Bo").locator(".again")).to_have_text("same song 40 min ago")
    await expect(host.row("Cy").locator(".again")).to_have_count(0)
    await house.ask(singerName="Dee", title="Rocket Man", allowDuplicate=True)
    await expect(host.row("Dee").locator(".again")).to_have_text(re.compile(r"^same song asked \d+ s ago$"))
    await host.press("Accept", "Cy")
    await expect(host.row("Dee").locator(".again")).to_have_text(re.compile(r"^same song \d+ s ago$"))


async def test_a_host_is_spoken_to_in_the_own_language_and_may_choose_another(people: People, house: House) -> None:
    page = await people.page(LAPTOP, locale="de-AT")
    await page.goto("/host")
    await expect(page.get_by_role("button", name="Anmelden")).to_be_visible()
    await page.get_by_role("link", name="español").click()
    await page.get_by_label("Correo").fill(house.demo.host.email)
    await page.get_by_label("Contraseña").fill("wrong")
    await page.get_by_role("button", name="Iniciar sesión").click()
    await expect(page.get_by_role("alert")).to_have_text("El correo o la contraseña no son correctos.")
    await page.get_by_label("Contraseña").fill(house.demo.host.password)
    await page.get_by_role("button", name="Iniciar sesión").click()
    await expect(page.get_by_text("Sin peticiones. Muestra el QR.")).to_be_visible()
    await house.ask()
    await expect(page.get_by_role("heading", name="1 en espera")).to_be_visible()
