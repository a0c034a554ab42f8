"""What the links in our mails open."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_settings
from playwright.async_api import Dialog, expect
from yarl import URL

from singr.infra.kit import Kit
from tests.browser.people import LAPTOP, PHONE, People
from tests.identity.test_factors import with_factor
from tests.identity.visits import post
from tests.mailbox import Mailbox, link_of

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


async def test_an_address_is_confirmed_by_a_press_where_it_was_typed(people: People, mailbox: Mailbox) -> None:
    page = await people.page(PHONE)
    await page.goto("/account#register")
    await expect(page.get_by_text("A password of at least 10 characters, and none of the usual ones.")).to_be_visible()
    await page.get_by_label("E-mail").fill("new@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Make an account").click()
    await expect(page.get_by_text("You are signed in as new@example.com.")).to_be_visible()
    link = URL(await mailbox.link(posting(people, mailbox)))
    await page.goto("about:blank")
    await page.goto(f"/account#{link.fragment}")
    await expect(page.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator("#said")).to_have_text("Thank you: your address is confirmed.")


async def test_who_is_invited_joins_with_a_password_of_their_own(people: People, mailbox: Mailbox) -> None:
    path, body = "/v1/customer/organization/invite", {"email": "cy@example.com", "role": "customer_manager"}
    status, _ = await people.house.call("POST", path, json=body, headers=await people.house.sign_in())
    assert status == 201
    link = URL(await mailbox.link(posting(people, mailbox)))
    page = await people.page(PHONE)
    await page.goto(f"/account#{link.fragment}")
    await expect(page.get_by_role("heading", name="Join on Singr")).to_be_visible()
    await expect(page.get_by_text("No account yet? Choose a password of at least 12 characters.")).to_be_visible()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator("#said")).to_have_text("Welcome! Sign in to begin.")


async def test_who_has_a_second_factor_is_asked_for_it(people: People) -> None:
    house, asked = people.house, []
    _, codes, _ = await with_factor(house)
    page = await people.page(PHONE)

    async def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept(codes[0])

    page.on("dialog", answer)
    await page.goto("/account#sign-in")
    await page.get_by_label("E-mail").fill(house.demo.host.email)
    await page.get_by_label("Password").fill(house.demo.host.password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/host")
    assert asked == ["Code of your authenticator app, or a recovery code"]


async def test_what_does_not_work_is_said_beside_the_form(people: People) -> None:
    page = await people.page(PHONE)
    said, go = page.locator("#said"), page.get_by_role("button", name="Sign in")
    await page.goto("/account#sign-in")
    await page.get_by_label("E-mail").fill(people.house.demo.singer.email)
    await page.get_by_label("Password").fill("of somebody else")
    await go.click()
    await expect(said).to_have_text("E-mail or password is wrong.")
    await page.route("**/v1/auth/signin", lambda route: route.abort())
    await go.click()
    await expect(said).to_have_text("No answer from the server. Try again.")
    await page.unroute("**/v1/auth/signin")
    headers = {"Retry-After": "30", "Content-Type": "application/problem+json"}
    await page.route("**/v1/auth/signin", lambda route: route.fulfill(status=429, headers=headers, body="{}"))
    await go.click()
    await expect(said).to_have_text("Too many tries. Wait 30 s.")
    await page.goto("about:blank")
    await page.goto("/account#reset=made-up")
    await expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set password").click()
    await expect(said).to_have_text("This link is not valid any more. Ask for a new one.")


async def test_a_new_address_is_in_use_once_it_is_confirmed(people: People, mailbox: Mailbox) -> None:
    house = people.house
    body = {"newEmail": "moved@example.com", "password": house.demo.singer.password}
    status, _ = await post(house, "email/change", await house.sign_in("singer"), **body)
    assert status == 202
    link = URL(
        next(link_of(mail) for mail in await mailbox.collect(posting(people, mailbox)) if "#email=" in mail.as_string())
    )
    page = await people.page(PHONE)
    await page.goto(f"/account#{link.fragment}")
    await expect(page.get_by_role("heading", name="Confirm your new e-mail address")).to_be_visible()
    await page.get_by_label("Password").fill(house.demo.singer.password)
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator("#said")).to_have_text("Your new address is in use.")
