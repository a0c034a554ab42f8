"""Signing in with another service in a real browser, which keeps cookies as browsers do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from singr.core.settings import Settings
from tests.browser.people import LAPTOP, PHONE, People
from tests.house import opened
from tests.openid.dex import PASSWORD
from tests.openid.fixtures import NEWCOMER
from tests.openid.front import Front

HOST = "customer@example.com"


@pytest.fixture
async def guests(browser: Browser, trusting: Settings, site_port: int) -> AsyncIterator[People]:
    """People before a house that their provider sends them back to."""
    here = replace(trusting, public_url=f"http://localhost:{site_port}")
    async with opened(here, port=site_port) as house:
        crowd = People(browser, house)
        yield crowd
        assert crowd.complaints == []


async def at_the_provider(page: Page, email: str) -> None:
    """dex' own pages."""
    await page.locator("#login").fill(email)
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="Login").click()
    await page.get_by_role("button", name="Grant Access").click()


async def opened_page(guests: People, path: str, port: int) -> Page:
    page = await guests.page(PHONE if path == "/account" else LAPTOP)
    await page.goto(f"http://localhost:{port}{path}")
    return page


async def test_a_host_comes_to_the_console_with_another_service(guests: People, site_port: int) -> None:
    page = await opened_page(guests, "/host", site_port)
    await page.get_by_role("link", name="Continue with Dex").click()
    await at_the_provider(page, HOST)
    await expect(page.locator("#desk, #choice").locator("visible=true")).to_be_visible()
    assert page.url == f"http://localhost:{site_port}/host"


async def test_somebody_new_at_the_console_has_a_business_of_their_own(guests: People, site_port: int) -> None:
    page = await opened_page(guests, "/host", site_port)
    await expect(page.get_by_text("This sets up an account for your karaoke nights.")).to_be_visible()
    await page.get_by_role("link", name="Continue with Dex").click()
    await at_the_provider(page, NEWCOMER)
    await expect(page.get_by_text("This account has no venues.")).to_be_visible()


async def test_a_singer_signs_in_on_the_account_page(guests: People, site_port: int) -> None:
    page = await opened_page(guests, "/account", site_port)
    await page.get_by_role("link", name="Continue with Dex").click()
    await at_the_provider(page, NEWCOMER)
    await expect(page.get_by_text("You are signed in as ann.")).to_be_visible()
    cookies = {cookie["name"] for cookie in await page.context.cookies()}
    assert {"singr_access", "singr_refresh", "singr_csrf"} <= cookies


async def test_the_form_of_another_site_finds_its_cookie(guests: People, site_port: int, provider: Front) -> None:
    """Apple's way: 127.0.0.1 and localhost are two sites to a browser."""
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    page = await opened_page(guests, "/account", site_port)
    await page.get_by_role("link", name="Continue with Apple").click()
    await at_the_provider(page, NEWCOMER)
    await expect(page.get_by_text("You are signed in as ann.")).to_be_visible()


async def test_a_code_that_is_no_good_is_told_in_words(guests: People, site_port: int) -> None:
    for path in ("/account", "/host"):
        page = await opened_page(guests, f"{path}#oauth=nonsense", site_port)
        await expect(page.get_by_text("This sign-in did not begin in this browser")).to_be_visible()
        assert "oauth" not in page.url


async def test_without_a_provider_there_is_no_button(people: People) -> None:
    page = await people.page(LAPTOP)
    for path in ("/host", "/account"):
        await page.goto(path)
        await expect(page.locator("form").first).to_be_visible()
        assert await page.get_by_text("Continue with").count() == 0
