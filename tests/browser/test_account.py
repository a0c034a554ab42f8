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


async def test_no_script_can_read_what_signs_a_host_in(people: People) -> None:
    host = await people.host()
    cookies = {cookie["name"]: cookie for cookie in await host.page.context.cookies()}
    assert {name for name, cookie in cookies.items() if not cookie["httpOnly"]} <= {"singr_csrf", "singr_theme"}
    for name in ("singr_access", "singr_refresh"):
        secret = cookies[name]["value"]
        readable = "document.cookie + JSON.stringify(sessionStorage) + JSON.stringify(localStorage) + location.href"
        assert secret not in await host.page.evaluate(readable)


async def test_a_host_stays_signed_in_over_a_reload_until_signing_out(people: People) -> None:
    host = await people.host()
    await host.page.reload()
    await host.is_live()
    other = await host.page.context.new_page()
    await other.goto("/host")
    await expect(other.locator("#live")).to_have_attribute("data-status", "live")
    await host.page.get_by_role("button", name="Sign out").click()
    await expect(host.page.locator("#door")).to_be_visible()
    await other.reload()
    await expect(other.locator("#door")).to_be_visible()
