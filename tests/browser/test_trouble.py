"""What goes wrong in a bar: networks, reloads, second thoughts, names that are not names."""

from __future__ import annotations

from playwright.async_api import Route, WebSocketRoute, expect

from singr.core.secrets import digest
from singr.openkj import keys, presence
from tests.browser.people import LAPTOP, PHONE, People, Singer
from tests.house import API_KEY, VENUE, House

REQUESTS = f"**{VENUE}/requests"
COUNT = "SELECT count(*) FROM requests"


async def reject(house: House, reason: str) -> None:
    """Reject the only request there is."""
    request = await house.value("SELECT requests_id FROM requests")
    body = {"status": "rejected", "rejectReason": reason}
    status, _ = await house.call("PATCH", f"/v1/customer/requests/{request}", json=body, headers=await house.sign_in())
    assert status == 200


async def test_a_request_made_offline_is_sent_once_when_the_network_is_back(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await anna.search("Hey Jude")
    await expect(anna.song("Hey Jude")).to_be_visible()
    await anna.page.context.set_offline(True)
    await anna.song("Hey Jude").click()
    await anna.page.get_by_label("Your name").fill("Anna")
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.card("Hey Jude")).to_contain_text("Not sent yet.")
    await anna.page.context.set_offline(False)
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    assert await house.value(COUNT) == 1


async def test_an_unsent_request_outlives_the_page(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await anna.page.route(REQUESTS, lambda route: route.abort())
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("Not sent yet.")
    await anna.page.unroute(REQUESTS)
    await anna.page.reload()
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    assert await house.value(COUNT) == 1


async def test_an_answer_that_got_lost_does_not_make_a_second_request(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    lost = 0

    async def lose_the_first_answer(route: Route) -> None:
        nonlocal lost
        if lost:
            await route.continue_()
            return
        lost = (await route.fetch()).status
        await route.abort()

    await anna.page.route(REQUESTS, lose_the_first_answer)
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await expect(anna.page.locator(".card")).to_have_count(1)
    assert lost == 201
    assert await house.value(COUNT) == 1


async def test_a_reload_keeps_what_is_mine(people: People) -> None:
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await anna.page.evaluate("localStorage.clear()")
    await anna.page.reload()
    await anna.is_live()
    await anna.withdraw("Hey Jude")
    await expect(anna.page.locator(".card")).to_have_count(0)


async def test_what_was_decided_while_the_page_was_away_is_told(people: People, house: House) -> None:
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    anna = Singer(await people.page(PHONE), "Anna")
    await anna.page.route_web_socket("**/v1/live", pass_on)
    await anna.page.goto("/v/test-karaoke-bar")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await anna.page.context.set_offline(True)
    await sockets[0].close()
    await expect(anna.page.locator("#live")).not_to_have_attribute("data-status", "live")
    await reject(house, "Not in my book")
    await anna.page.context.set_offline(False)
    await expect(anna.card("Hey Jude")).to_contain_text("Not in my book")


async def test_the_same_song_twice_is_asked_about(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await anna.ask("Hey Jude")
    again = anna.card("You already asked for this.")
    await expect(again).to_be_visible()
    assert await house.value(COUNT) == 1
    await again.get_by_role("button", name="Ask anyway").click()
    await expect(anna.page.locator(".card", has_text="1 request came before yours.")).to_be_visible()
    assert await house.value(COUNT) == 2


async def test_names_and_songs_are_text_whatever_they_look_like(people: People, house: House) -> None:
    host, screen = await people.host(), await people.screen()
    nasty = '<img src=x onerror="alert(1)">'
    await house.ask(singerName="محمد", artist="&amp;", title=nasty, notes="</li><script>alert(1)</script>")
    await expect(host.row("محمد").locator(".what b")).to_have_text(nasty)
    await expect(screen.locator("#queue span")).to_have_text(nasty)
    assert await host.page.locator("#queue img, #queue script").count() == 0
    await host.row("محمد").locator(".what").click()
    await expect(host.page.locator("#details-title")).to_have_text(nasty)


async def test_no_hit_says_what_to_do(people: People) -> None:
    anna = await people.singer()
    await anna.search("xyzzy <b>")
    await expect(anna.page.locator("#none")).to_contain_text("No song matches")
    await expect(anna.page.locator("#none")).to_contain_text("xyzzy <b>")
    await anna.search("q")
    await expect(anna.song("Bohemian Rhapsody")).to_be_visible()
    await anna.search("bohemain rapsody")
    await expect(anna.page.locator("#meant")).to_contain_text("Did you mean")
    await expect(anna.song("Bohemian Rhapsody")).to_be_visible()
    await anna.search("queen")
    await expect(anna.page.locator("#meant")).to_be_empty()


async def _close(socket: WebSocketRoute) -> None:
    await socket.close()


async def test_without_websockets_pages_are_live_by_events(people: People, house: House) -> None:
    desk, page = await people.page(LAPTOP), await people.page(PHONE)
    for each in (desk, page):
        await each.route_web_socket("**/v1/live", _close)
    host = await people.host(desk)
    await page.goto("/v/test-karaoke-bar")
    await expect(page.locator("#live")).to_have_attribute("data-status", "live")
    await house.ask(singerName="Anna")
    await expect(host.row("Anna")).to_be_visible()
    await host.turn()
    await expect(page.locator("body")).to_have_attribute("data-open", "false")


async def test_without_any_stream_the_page_polls_and_misses_no_decision(people: People, house: House) -> None:
    anna = Singer(await people.page(PHONE), "Anna")
    await anna.page.route_web_socket("**/v1/live", _close)
    await anna.page.route("**/events?*", lambda route: route.abort())
    await anna.page.goto("/v/test-karaoke-bar")
    await anna.is_live()
    await anna.ask("Hey Jude")
    await expect(anna.page.locator("#queue")).to_have_text("1 request with the KJ")
    await reject(house, "Not in my book")
    await expect(anna.card("Hey Jude")).to_contain_text("Not in my book")


async def test_without_any_stream_a_host_works_by_polls_and_reads_how_late_it_is(people: People, house: House) -> None:
    page = await people.page(LAPTOP)
    await page.route_web_socket("**/v1/live", _close)
    await page.route("**/events?*", lambda route: route.abort())
    host = await people.host(page)
    await expect(page.locator("#delay")).to_have_text("up to 10 s")
    await house.ask(singerName="Anna")
    await expect(host.row("Anna")).to_be_visible()
    await host.press("Accept", "Anna")
    await house.becomes("SELECT status FROM requests", "processed")


async def test_singers_read_that_the_kjs_computer_is_not_connected(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    away = anna.page.get_by_text("The KJ’s computer is not connected.")
    await expect(away).to_be_hidden()
    await presence.stamp(house.kit, await keys.find(house.kit.db, digest(API_KEY)))
    await house.value("UPDATE openkj_presence SET collected_at = collected_at - interval '5 minutes'")
    await presence.notice_silence(house.kit)
    await expect(away).to_be_visible()
    await anna.page.reload()
    await expect(away).to_be_visible()
    await presence.stamp(house.kit, await keys.find(house.kit.db, digest(API_KEY)))
    await expect(away).to_be_hidden()
