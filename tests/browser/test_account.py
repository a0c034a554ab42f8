"""What the links in our mails open."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_settings
from playwright.async_api import expect
from yarl import URL

from singr.infra.kit import Kit
from tests.browser.people import LAPTOP, People
from tests.mailbox import Mailbox

PASSWORD = "staple-of-another-sort"


def posting(people: People, mailbox: Mailbox) -> Kit:
    """The house's kit, with its mail going to the mailbox."""
    kit = people.house.kit
    return replace(kit, settings=with_settings(kit.settings, email_provider="smtp", smtp_port=mailbox.port))


async def test_a_forgotten_password_is_replaced(people: People, mailbox: Mailbox) -> None:
    host = people.house.demo.host
    page = await people.page(LAPTOP)
    await page.goto("/account")
    await page.get_by_label("E-mail").fill(host.email)
    await page.get_by_role("button", name="Send me a link").click()
    await expect(page.locator("#said")).to_contain_text("is on its way")
    link = URL(await mailbox.link(posting(people, mailbox)))
    await page.goto("about:blank")
    await page.goto(f"/account#{link.fragment}")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set password").click()
    await expect(page.locator("#said")).to_contain_text("Your new password is set")
    login = {"email": host.email, "password": PASSWORD}
    assert (await people.house.call("POST", "/v1/auth/signin", json=login))[0] == 200


async def test_a_magic_link_opens_the_console_after_a_click(people: People, mailbox: Mailbox) -> None:
    body = {"email": people.house.demo.host.email}
    await people.house.call("POST", "/v1/auth/magic-link", json=body)
    link = URL(await mailbox.link(posting(people, mailbox)))
    page = await people.page(LAPTOP)
    await page.goto(f"/account#{link.fragment}")
    assert "magic" not in page.url
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/host")
    await expect(page.locator("#desk, #choice").locator("visible=true")).to_be_visible()
