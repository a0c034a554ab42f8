"""Hands and keys: nothing moves under a finger, and everything works without one."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import People
from tests.house import House


async def test_rows_wait_while_a_pointer_is_down(people: People, house: House) -> None:
    first = await house.ask(singerName="Anna", title="First")
    await house.ask(singerName="Bo", title="Second")
    host = await people.host()
    await host.row("Bo").hover()
    await host.page.mouse.down()
    await house.call("DELETE", f"/v1/public/requests/{first['trackingToken']}")
    await expect(host.row("Anna")).to_contain_text("Withdrawn")
    await expect(host.page.get_by_role("button", name="1 change")).to_be_visible()
    await expect(host.rows).to_have_count(2)
    await host.page.mouse.up()
    await expect(host.rows).to_have_count(1)


async def test_the_queue_is_worked_by_keys_alone(people: People, house: House) -> None:
    for name in ("Anna", "Bo", "Cy"):
        await house.ask(singerName=name, title=f"Song of {name}")
    host = await people.host()
    keyboard = host.page.keyboard
    await expect(host.rows).to_have_count(3)
    await host.row("Anna").focus()
    await keyboard.press("j")
    await expect(host.row("Bo")).to_be_focused()
    await keyboard.press("a")
    await expect(host.row("Cy")).to_be_focused()
    await keyboard.press("r")
    await expect(host.row("Anna")).to_be_focused()
    await keyboard.press("u")
    await expect(host.row("Cy")).to_be_focused()
    await keyboard.press("/")
    await keyboard.type("anna")
    await expect(host.rows).to_have_count(1)
    accepted = "SELECT string_agg(singer_name, ',') FROM requests WHERE status = 'processed'"
    await house.becomes(accepted, "Bo")


async def test_letters_in_the_find_field_decide_nothing(people: People, house: House) -> None:
    await house.ask(singerName="Ara")
    host = await people.host()
    await host.page.get_by_label("Find a name or song").press_sequentially("ara")
    await expect(host.rows).to_have_count(1)
    assert await house.value("SELECT count(*) FROM requests WHERE status = 'pending'") == 1


async def test_a_song_is_asked_for_by_keys_alone(people: People) -> None:
    anna = await people.singer("Anna")
    keyboard = anna.page.keyboard
    await anna.page.get_by_role("searchbox").focus()
    await keyboard.type("hey jude")
    await expect(anna.page.locator("#results li")).to_have_count(1)
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(anna.page.get_by_label("Your name")).to_be_focused()
    await keyboard.type("Anna")
    await keyboard.press("Enter")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")


async def test_the_name_is_typed_once(people: People) -> None:
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await anna.page.reload()
    await anna.search("Rocket Man")
    await anna.song("Rocket Man").click()
    await expect(anna.page.get_by_label("Your name")).to_have_value("Anna")
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(anna.card("Rocket Man")).to_contain_text("The KJ has your request.")


async def test_key_and_note_reach_the_console(people: People) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await anna.search("Hey Jude")
    await anna.song("Hey Jude").click()
    await anna.page.get_by_label("Your name").fill("Anna")
    await anna.page.get_by_text("Key and a note").click()
    await anna.page.get_by_label("Key", exact=True).select_option("-2")
    await anna.page.get_by_label("Note to the KJ").fill("With Bo, please")
    await anna.page.get_by_role("button", name="Ask for it").click()
    await expect(host.row("Anna").locator(".key")).to_have_text("key −2")
    await expect(host.row("Anna").locator(".note")).to_have_text("With Bo, please")


async def test_a_wrong_password_is_said_and_a_reload_stays_signed_in(people: People) -> None:
    page = await people.page((1280, 800))
    await page.goto("/host")
    await page.get_by_label("E-mail").fill("customer@example.com")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    host = await people.host()
    await host.page.reload()
    await host.is_live()
    await host.page.get_by_role("button", name="Sign out").click()
    await expect(host.page.get_by_role("button", name="Sign in")).to_be_visible()
    await host.page.reload()
    await expect(host.page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_names_of_one_phone_stand_together_at_the_console(people: People) -> None:
    host, anna, bo = await people.host(), await people.singer("Anna"), await people.singer("Bo")
    await anna.ask("Hey Jude")
    await expect(host.row("Hey Jude")).to_be_visible()
    await expect(host.row("Hey Jude").locator(".also")).to_have_count(0)
    await anna.page.get_by_label("Your name").wait_for(state="hidden")
    anna.name = "Zoë"
    await anna.ask("Rocket Man")
    await bo.ask("Halo")
    for title, other in (("Hey Jude", "Zoë"), ("Rocket Man", "Anna")):
        await expect(host.row(title).locator(".also")).to_contain_text(other)
    await expect(host.row("Halo")).to_be_visible()
    await expect(host.row("Halo").locator(".also")).to_have_count(0)
    await host.row("Rocket Man").focus()
    await host.page.keyboard.press("d")
    await expect(host.page.locator("#details-list")).to_contain_text("Same phone")


async def test_a_singer_is_blocked_for_tonight_and_let_back_in_by_keys_alone(people: People) -> None:
    host, bo = await people.host(), await people.singer("Bo")
    await bo.ask("Hey Jude")
    keyboard = host.page.keyboard
    await host.row("Bo").focus()
    await keyboard.press("b")
    button = host.page.locator("#block")
    await expect(button).to_be_focused()
    await keyboard.press("Enter")
    await expect(button).to_have_attribute("data-asking", "")
    await button.press("Space", delay=500)  # acts when it comes up
    await expect(host.page.locator("#block-said")).to_contain_text("cannot ask any more tonight.")
    await bo.ask("Rocket Man")
    await expect(bo.card("Rocket Man")).to_contain_text("The house takes no requests from you at the moment.")
    await keyboard.press("Escape")
    await host.page.get_by_role("button", name="Let Bo ask again").press("Enter")
    await expect(host.page.locator("#blocked")).to_be_hidden()
    await bo.ask("Halo")
    await expect(host.row("Halo")).to_be_visible()
