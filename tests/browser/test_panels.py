"""What the KJ manages beside the queue: each panel is fetched when it is opened first."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from singr.analytics import counting
from singr.imports import jobs
from tests.browser.people import LAPTOP, Host, People, press_surely
from tests.house import House


async def manage(host: Host, panel: str) -> None:
    if not await host.page.locator("#panels").is_visible():
        await host.page.get_by_role("button", name="Manage", exact=True).click()
    await host.page.locator("#panels nav").get_by_role("button", name=panel).click()
    await expect(host.page.locator("#panel-title")).to_have_text(panel)


async def bring_in(host: Host, house: House, go: str = "Go") -> None:
    """Send the chosen file, and be the worker that reads it."""
    await host.page.get_by_role("button", name=go, exact=True).click()
    await house.becomes("SELECT count(*) FROM song_imports WHERE status = 'queued'", 1)
    sql = "SELECT {} FROM song_imports WHERE status = 'queued'"
    tenant, import_id = [await house.value(sql.format(of)) for of in ("customer_profiles_id::text", "song_imports_id")]
    await jobs.run_import(house.kit, tenant=tenant, import_id=import_id)


async def test_a_key_is_issued_shown_once_rotated_and_revoked(people: People, house: House) -> None:
    host = await people.host()
    await manage(host, "API keys")
    await host.page.get_by_label("What is it for?").fill("Laptop on the left")
    await host.page.get_by_role("button", name="Issue").click()
    shown = host.page.get_by_label("The new key")
    await expect(shown).to_be_visible()
    key = await shown.input_value()
    command = {"api_key": key, "command": "getSerial"}
    assert (await house.call("POST", "/v1/openkj/api/command", json=command))[1]["error"] is False
    await host.page.get_by_role("button", name="I have it").click()
    assert key not in await host.page.content()
    line = host.page.locator("#panel li", has_text="Laptop on the left").first
    await press_surely(line.get_by_role("button").first)
    await expect(shown).to_be_visible()
    assert await shown.input_value() != key
    await host.page.get_by_role("button", name="I have it").click()
    revoked = host.page.locator("#panel li", has_text="revoked")
    before = await revoked.count()
    active = host.page.locator("#panel li:not(.off)", has_text="Laptop on the left").first
    await press_surely(active.get_by_role("button").last)
    await expect(revoked).to_have_count(before + 1)


async def test_a_key_is_suspended_for_a_while(people: People, house: House) -> None:
    command = {"api_key": house.demo.api_key, "command": "getSerial"}

    async def is_refused() -> bool:
        return bool((await house.call("POST", "/v1/openkj/api/command", json=command))[1]["error"])

    host = await people.host()
    await manage(host, "API keys")
    line = host.page.locator("#panel .lines li").first
    await press_surely(line.get_by_role("button", name="Suspend"))
    await expect(line).to_contain_text("suspended")
    await expect(line.get_by_role("button", name="Rotate")).to_have_count(0)
    assert await is_refused()
    await line.get_by_role("button", name="Resume").click()
    await expect(line.get_by_role("button", name="Rotate")).to_be_visible()
    assert not await is_refused()


async def test_a_file_is_tried_then_brought_into_the_book(people: People, house: House, tmp_path: Path) -> None:
    file = tmp_path / "songs.csv"
    file.write_text("artist,title\nNew Artist,New Song\nOnly an artist,\nOther,Another Song\n")
    host = await people.host()
    await manage(host, "Song book")
    await expect(host.page.locator("#panel .on")).to_contain_text("108 songs, number 1, used here")
    await host.page.get_by_label("File").set_input_files(file)
    await bring_in(host, house)
    await expect(host.page.locator("#panel .faults")).to_contain_text("Line 3")
    await expect(host.page.get_by_text("Nothing was changed:")).to_be_visible()
    await host.page.get_by_label("Lines that cannot be read").select_option("skip")
    await host.page.get_by_label("Only look what would happen").check()
    await bring_in(host, house)
    await expect(host.page.get_by_text("This is what would happen.")).to_be_visible()
    await expect(host.page.locator("#panel .counts")).to_contain_text("2 new")
    await host.page.get_by_label("Only look what would happen").uncheck()
    await bring_in(host, house)
    await expect(host.page.locator("#panel .on")).to_contain_text("110 songs")


async def test_what_is_wrong_with_a_file_is_said_in_the_hosts_language(
    people: People, house: House, tmp_path: Path
) -> None:
    file = tmp_path / "songs.csv"
    file.write_text("artist,title\nOnly an artist,\nOther,Another Song\nAlone\n")
    page = await people.page(LAPTOP, locale="de")
    await page.goto("/host")
    await page.get_by_label("E-Mail").fill(house.demo.host.email)
    await page.get_by_label("Passwort").fill(house.demo.host.password)
    await page.locator("#sign-in .go").click()
    await page.locator("#manage").click()
    await page.get_by_role("button", name="Songbuch", exact=True).click()

    async def try_file(named: Path) -> None:
        await page.get_by_label("Datei", exact=True).set_input_files(named)
        await bring_in(Host(page), house, "Los")

    await try_file(file)
    await expect(page.locator("#panel .faults li")).to_have_text(["Zeile 2 kein Titel", "Zeile 4 zu wenige Spalten"])
    await expect(page.get_by_text("2 Zeilen sind nicht lesbar")).to_be_visible()
    file.write_text("artist,title\n")
    await try_file(file)
    await expect(page.locator("#panel .said", has_text="in der Datei stehen keine Lieder")).to_be_visible()
    cut = tmp_path / "songs.json"
    cut.write_text('[{"artist": "One", "title": "Two"}, {"artist": "Three", ')
    await try_file(cut)
    await expect(page.locator("#panel .said", has_text="Nichts wurde geändert: kein gültiges JSON")).to_be_visible()


async def test_systems_are_added_renamed_and_chosen(people: People, house: House) -> None:
    host = await people.host()
    await manage(host, "Song book")
    await host.page.get_by_label("Another system").fill("Cellar")
    await host.page.get_by_role("button", name="Add", exact=True).last.click()
    line = host.page.locator("#panel li", has_text="Cellar")
    await line.get_by_role("button", name="Rename").click()
    await host.page.get_by_label("New name").fill("Terrace")
    await host.page.keyboard.press("Enter")
    line = host.page.locator("#panel li", has_text="Terrace")
    await line.get_by_role("button", name="Use here").click()
    await expect(line).to_contain_text("used here")
    assert await house.value("SELECT current_system_id FROM venues WHERE url_name = 'test-karaoke-bar'") != 1


async def test_a_host_asks_for_somebody_and_puts_back_what_was_decided(people: People, house: House) -> None:
    host = await people.host()
    await host.page.get_by_role("button", name="Add", exact=True).first.click()
    await host.page.get_by_placeholder("Song or artist").fill("hey jude")
    await host.page.locator("#panel .songs button").first.click()
    await host.page.get_by_label("Singer", exact=True).fill("Grandma")
    await host.page.get_by_role("button", name="Add to the queue").click()
    await expect(host.page.get_by_text("Added: Grandma, Hey Jude")).to_be_visible()
    await host.page.get_by_role("button", name="Close", exact=True).last.click()
    await host.press("Reject", "Grandma")
    await host.page.get_by_label("Reason").press("Enter")
    await house.becomes("SELECT status FROM requests", "rejected")
    await manage(host, "Decided tonight")
    await host.page.get_by_role("button", name="Put back Grandma").click()
    await expect(host.page.get_by_text("Back in the queue: Grandma, Hey Jude")).to_be_visible()
    await host.page.keyboard.press("Escape")
    await expect(host.row("Grandma")).to_be_visible()


async def test_house_rules_and_the_last_call_are_set_at_the_console(people: People, house: House) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await manage(host, "House rules")
    await host.page.get_by_role("button", name="busy").click()
    await host.page.get_by_label("Songs waiting per singer").fill("2")
    await host.page.get_by_role("button", name="Save").click()
    await expect(anna.page.locator("#rules")).to_contain_text("2 songs at a time.")
    await expect(anna.page.locator("#rules")).to_contain_text("Others see your song, but not your name.")
    await expect(host.page.locator("#privacy")).to_have_value("anonymous")
    await host.page.get_by_role("button", name="In 15 min").click()
    await expect(anna.page.locator("#rules")).to_contain_text("Last call at")
    await host.page.get_by_role("button", name="No last call").click()
    await expect(anna.page.locator("#rules")).not_to_contain_text("Last call")


async def test_a_venue_is_renamed_on_every_page(people: People, house: House) -> None:
    anna, screen, host = await people.singer("Anna"), await people.screen(), await people.host()
    await manage(host, "Venue")
    name, town = host.page.get_by_label("Name", exact=True), host.page.get_by_label("Town")
    await expect(name).to_have_value("Test Karaoke Bar")
    path, moved = f"/v1/customer/venues/{await house.venue_id()}", {"address": "1 Another Street"}
    assert (await house.call("PATCH", path, json=moved, headers=await house.sign_in()))[0] == 200
    await name.fill("The Anchor")
    await town.fill("Whitby")
    await host.page.get_by_role("button", name="Save", exact=True).click()
    await expect(host.page.locator("#panel .said").first).to_have_text("Saved")
    for page in (anna.page, screen, host.page):
        await expect(page.locator("h1:visible").first).to_have_text("The Anchor")
    await expect(host.page).to_have_title(re.compile("The Anchor"))
    await expect(host.page.locator("#switch option")).to_have_text("The Anchor")
    assert await house.value("SELECT city FROM venues") == "Whitby"
    assert await house.value("SELECT address FROM venues") == "1 Another Street"


async def test_the_queue_is_cleared_at_the_end_of_the_night(people: People, house: House) -> None:
    host = await people.host()
    for title in ("One", "Two"):
        await house.ask(title=title)
    await expect(host.rows).to_have_count(2)
    await manage(host, "Decided tonight")
    await press_surely(host.page.locator("#panel .doors button"))
    await expect(host.page.get_by_text("Nothing waits any more: 2 were marked as done.")).to_be_visible()
    await host.page.keyboard.press("Escape")
    await expect(host.rows).to_have_count(0)


async def test_a_host_of_two_venues_goes_from_one_to_the_other(people: People, house: House) -> None:
    body = {"name": "The Cellar"}
    status, _ = await house.call("POST", "/v1/customer/venues", json=body, headers=await house.sign_in())
    assert status == 201
    await house.ask(title="One")
    page = await people.page(LAPTOP)
    await page.goto("/host")
    await page.get_by_label("E-mail").fill(house.demo.host.email)
    await page.get_by_label("Password").fill(house.demo.host.password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Test Karaoke Bar").click()
    host = Host(page)
    await expect(host.rows).to_have_count(1)
    await page.get_by_label("Venue").select_option("The Cellar")
    await expect(host.rows).to_have_count(0)
    await expect(page.get_by_text("No requests. Show the QR.")).to_be_visible()
    await page.get_by_label("Venue").select_option("Test Karaoke Bar")
    await expect(host.rows).to_have_count(1)


async def test_the_nights_are_drawn(people: People, house: House) -> None:
    host = await people.host()
    await manage(host, "Nights")
    await expect(host.page.locator("#panel")).to_contain_text("Nothing yet.")
    await expect(host.page.locator("#panel svg")).to_have_count(0)
    for title in ("One", "Two"):
        await house.ask(title=title)
    await counting.count_nights(house.kit)
    await host.page.get_by_label("Which nights").select_option("last 7 nights")
    charts = host.page.locator("#panel figure")
    await expect(charts.locator("figcaption")).to_have_text(["Requests by night", "Requests by hour"])
    for place in range(2):
        await expect(charts.nth(place).get_by_role("img")).to_have_accessible_name(re.compile(r"\b2\b"))
    await expect(host.page.locator("#panel")).to_contain_text("Requests: 2. Nights: 1. Sung: 0.")


async def test_a_tablet_forgets_who_was_there(people: People, house: House) -> None:
    host = await people.host()
    await manage(host, "Kiosk")
    await host.page.get_by_role("button", name="Make a link").click()
    link = host.page.get_by_role("link", name="Open it here")
    address = await link.get_attribute("href")
    assert address is not None
    tablet = await people.singer("Anna")
    await tablet.page.goto(address)
    await tablet.is_live()
    await tablet.ask("Hey Jude")
    await expect(host.page.locator("#queue li")).to_have_count(1)
    await expect(tablet.card("Hey Jude")).to_have_count(0)
    await tablet.search("Rocket Man")
    await tablet.song("Rocket Man").click()
    await expect(tablet.page.get_by_label("Your name")).to_have_value("")
    await press_surely(host.page.get_by_role("button", name="Revoke"))
    await expect(host.page.get_by_text("There is no link now.")).to_be_visible()


async def test_a_long_night_keeps_its_pages_small(people: People, house: House) -> None:
    await house.value(
        "INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_name, artist, title)"
        " SELECT customer_profiles_id, venues_id, 1000 + n, 'Singer ' || n, 'Artist ' || n, 'Song ' || n"
        " FROM venues, generate_series(1, 300) AS n WHERE url_name = 'test-karaoke-bar' RETURNING 1"
    )
    host, screen = await people.host(), await people.screen()
    await expect(host.rows).to_have_count(300)
    await expect(screen.locator("#queue li").first).to_be_visible()
    count = "document.querySelectorAll('*').length"
    assert await host.page.evaluate(count) <= 4_000
    assert await screen.evaluate(count) <= 150
