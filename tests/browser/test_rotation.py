"""Singers take turns: the KJ sees who comes next and holds on to it, the screen and the singer are told."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.people import Host, People
from tests.house import House


async def ask(house: House, name: str, title: str, *, anew: bool = True) -> None:
    """From a phone of their own, unless it is the last one again."""
    if anew:
        house.client.session.cookie_jar.clear()
    await house.ask(singerName=name, title=title)


async def choose(host: Host, preset: str) -> None:
    await host.page.get_by_label("Who sings next").select_option(preset)
    await expect(host.page.locator("#rotation")).to_be_visible()


async def test_first_timers_come_first_on_every_page(people: People, house: House) -> None:
    host, screen = await people.host(), await people.screen()
    await ask(house, "Anna", "One")
    await ask(house, "Anna", "Two", anew=False)
    await ask(house, "Bo", "Three")
    await expect(host.rows).to_have_count(3)
    await choose(host, "first_timers")
    names = host.page.locator("#queue li .who b")
    await expect(names).to_have_text(["Anna", "Bo", "Anna"])
    await host.press("Accept", "One")
    await expect(host.page.locator("#singing")).to_contain_text("Anna")
    await expect(names).to_have_text(["Bo", "Anna"])
    await expect(host.row("Two")).to_contain_text("song 2 tonight")
    lines = screen.locator("#queue li")
    await expect(lines).to_have_text(["NowAnnaOne", "NextBoThree", "3AnnaTwo"])
    await host.page.get_by_label("Who sings next").select_option("off")
    await expect(lines).to_have_text(["AnnaTwo", "BoThree"])


async def test_who_is_locked_stays_next(people: People, house: House) -> None:
    host = await people.host()
    await ask(house, "Anna", "One")
    await choose(host, "fewest")
    await host.press("Accept", "One")
    await ask(house, "Anna", "Two", anew=False)
    await expect(host.row("Two")).to_have_class("up")
    await host.page.get_by_role("button", name="Lock next").click()
    await expect(host.page.get_by_role("button", name="Next is locked")).to_be_visible()
    await ask(house, "Bo", "Three")
    await expect(host.row("Three")).to_be_visible()
    await expect(host.row("Two")).to_have_class("up")
    await host.page.get_by_role("button", name="Next is locked").click()
    await expect(host.row("Three")).to_have_class("up")


async def test_next_is_locked_and_requests_are_added_by_keys_alone(people: People, house: House) -> None:
    host = await people.host()
    await ask(house, "Anna", "One")
    await choose(host, "arrival")
    await host.row("Anna").focus()
    await host.page.keyboard.press("l")
    await expect(host.page.get_by_role("button", name="Next is locked")).to_be_visible()
    await host.page.keyboard.press("l")
    await expect(host.page.get_by_role("button", name="Lock next")).to_be_visible()
    await host.page.keyboard.press("n")
    await expect(host.page.locator("#panel-title")).to_have_text("Add a request")
    await expect(host.page.get_by_placeholder("Song or artist")).to_be_focused()
    await host.page.keyboard.press("Escape")
    await expect(host.row("Anna")).to_be_focused()
    await host.page.keyboard.press("m")
    await expect(host.page.locator("#panel-title")).to_have_text("House rules")


async def test_the_singer_who_is_next_reads_it(people: People, house: House) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await anna.ask("Hey Jude")
    await choose(host, "arrival")
    await expect(anna.card("Hey Jude")).to_contain_text("You’re next. Come to the stage.")
    await host.press("Accept", "Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("It’s your turn. Enjoy!")


async def test_minutes_are_told_only_while_somebody_sings(people: People, house: House) -> None:
    host, anna = await people.host(), await people.singer("Anna")
    await ask(house, "Bo", "One")
    await ask(house, "Cy", "Two")
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).not_to_contain_text("minutes")
    await choose(host, "arrival")
    await expect(anna.card("Hey Jude")).to_contain_text("2 songs come before yours.")
    await expect(anna.card("Hey Jude")).not_to_contain_text("minutes")
    await host.press("Accept", "One")
    await expect(anna.card("Hey Jude")).to_contain_text("1 song comes before yours. About 5–10 minutes.")
    await house.value(
        "UPDATE requests SET requested_at = requested_at - interval '16 minutes',"
        " processed_at = processed_at - interval '16 minutes' WHERE status = 'processed' RETURNING 1"
    )
    await choose(host, "fewest")
    await expect(anna.card("Hey Jude")).not_to_contain_text("minutes")
    await expect(anna.card("Hey Jude")).to_contain_text("1 song comes before yours.")


async def test_a_hidden_queue_stays_hidden_on_the_screen_of_a_rotation(people: People, house: House) -> None:
    host, screen = await people.host(), await people.screen()
    await host.page.get_by_label("Others see of the queue").select_option("hidden")
    await ask(house, "Anna", "One")
    await choose(host, "fewest")
    await host.press("Accept", "One")
    await ask(house, "Bo", "Two")
    await expect(screen.locator("#waiting")).to_have_text("1 request with the KJ")
    await expect(host.page.locator("#singing")).to_contain_text("Anna")
    await expect(screen.locator("#queue li")).to_have_count(0)
    assert not {"Anna", "Bo"} & set((await screen.inner_text("body")).split())
