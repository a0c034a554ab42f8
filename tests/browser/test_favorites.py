"""Singers with an account keep songs; everybody else is offered one, and left in peace."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import VENUE, People, Singer
from tests.house import House

KEPT = "SELECT string_agg(title || ' ' || key_change, ',' ORDER BY title) FROM singer_favorite_songs"


async def sign_in(singer: Singer, house: House) -> None:
    """By the link on the venue's page, which leads back there."""
    await singer.page.get_by_role("link", name="Sign in to keep your songs").click()
    await singer.page.get_by_label("E-mail").fill(house.demo.singer.email)
    await singer.page.get_by_label("Password").fill(house.demo.singer.password)
    await singer.page.get_by_role("button", name="Sign in").click()
    await singer.page.wait_for_url(f"**/v/{VENUE}")
    await expect(singer.page.locator("#ways").get_by_role("link", name="My songs")).to_be_visible()


async def test_a_singer_keeps_a_song_in_a_key_and_finds_it_among_their_own(people: People, house: House) -> None:
    await house.value("DELETE FROM singer_favorite_songs")
    anna = await people.singer("Anna")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await sign_in(anna, house)
    await house.becomes("SELECT count(*) FROM requests WHERE submitted_by_users_id IS NOT NULL", 1)
    await anna.search("Rocket Man")
    await anna.song("Rocket Man").click()
    heart = anna.page.locator("#heart")
    await expect(heart).to_have_attribute("aria-pressed", "false")
    await heart.click()
    await expect(heart).to_have_attribute("aria-pressed", "true")
    await anna.page.locator("summary").click()
    await anna.page.get_by_label("Key", exact=True).select_option("-2")
    await house.becomes(KEPT, "Rocket Man -2")
    await anna.page.get_by_role("link", name="Cancel").click()
    await expect(anna.song("Rocket Man")).to_contain_text("♥ · key −2")
    await house.value("UPDATE singer_favorite_songs SET created_at = created_at - interval '1 minute'")
    await anna.search("")
    await anna.page.get_by_role("link", name="My songs").click()
    await expect(anna.song("Rocket Man")).to_contain_text("available here tonight")
    await anna.page.reload()
    await anna.song("Rocket Man").click()
    await expect(anna.page.get_by_label("Key", exact=True)).to_have_value("-2")
    await heart.click()
    await expect(heart).to_have_attribute("aria-pressed", "false")
    assert await house.value(KEPT) is None


async def test_a_song_that_is_not_here_tonight_can_be_let_go_but_not_asked_for(people: People, house: House) -> None:
    headers = await house.sign_in("singer")
    song = {"artist": "Nobody", "title": "Never Heard"}
    assert (await house.call("POST", "/v1/singer/favorites/songs", json=song, headers=headers))[0] == 201
    anna = await people.singer("Anna")
    await sign_in(anna, house)
    await anna.page.get_by_role("link", name="My songs").click()
    await expect(anna.song("Never Heard")).to_contain_text("not here tonight")
    await anna.song("Never Heard").click()
    await expect(anna.page.get_by_role("button", name="In my songs")).to_be_visible()
    await expect(anna.page.get_by_role("button", name="Ask for it")).to_be_hidden()


async def test_who_signs_out_is_a_guest_again(people: People, house: House) -> None:
    anna = await people.singer("Anna")
    await sign_in(anna, house)
    await anna.page.get_by_role("button", name="Sign out").click()
    await expect(anna.page.get_by_role("link", name="Sign in to keep your songs")).to_be_visible()
    await expect(anna.page.get_by_role("link", name="My songs")).to_be_hidden()
    await anna.page.reload()
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("The KJ has your request.")
    assert await house.value("SELECT count(*) FROM requests WHERE submitted_by_users_id IS NOT NULL") == 0


async def test_a_hosts_session_keeps_no_songs_and_is_left_alone(people: People) -> None:
    host = await people.host()
    visit = Singer(await host.page.context.new_page(), "Anna")
    await visit.page.goto(f"/v/{VENUE}")
    await visit.is_live()
    await visit.ask("Hey Jude")
    await expect(visit.card("Hey Jude")).to_contain_text("The KJ has your request.")
    await expect(visit.page.get_by_role("link", name="My songs")).to_be_hidden()
    await expect(host.row("Anna")).to_be_visible()
    await host.page.reload()
    await host.is_live()


async def test_without_an_account_there_is_an_offer_and_nothing_else(people: People) -> None:
    anna = await people.singer("Anna")
    await expect(anna.page.get_by_role("link", name="Sign in to keep your songs")).to_be_visible()
    await expect(anna.page.get_by_role("link", name="My songs")).to_be_hidden()
    await anna.page.goto(f"/v/{VENUE}?list=mine")
    await anna.song("Bohemian Rhapsody").or_(anna.page.locator("#results button")).first.click()
    await expect(anna.page.locator("#heart")).to_be_hidden()


async def test_somebody_new_makes_an_account_and_is_led_back_to_the_venue(people: People) -> None:
    anna = await people.singer("Anna", locale="de-DE")
    await anna.page.get_by_role("link", name="Anmelden, um").click()
    await anna.page.get_by_role("link", name="Neu hier?").click()
    await anna.page.get_by_label("E-Mail").fill("anna@example.com")
    await anna.page.get_by_label("Passwort").fill("zwölf-kühe-im-nebel")
    await anna.page.get_by_role("button", name="Konto anlegen").click()
    await anna.page.wait_for_url(f"**/v/{VENUE}")
    await expect(anna.page.get_by_role("link", name="Meine Lieder")).to_be_visible()
    await anna.page.get_by_role("link", name="Meine Lieder").click()
    await expect(anna.page.locator("#none")).to_contain_text("Noch nichts gemerkt.")
