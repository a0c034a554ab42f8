"""Signing in by a link: once, soon, and in the browser that asked."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.identity.visits import PASSWORD, post, profile, register, sign_in
from tests.mailbox import Mailbox


async def test_the_browser_that_asked_signs_in_by_the_link_once(home: House, mailbox: Mailbox) -> None:
    assert (await post(home, "magic-link", email=home.demo.host.email))[0] == 202
    token = await mailbox.token(home.kit)
    status, session = await post(home, "magic-link/verify", token=token)
    assert status == 200
    assert (await profile(home, session))[0] == 200
    assert (await post(home, "magic-link/verify", token=token))[0] == 401


async def test_another_browser_needs_a_confirmation(home: House, mailbox: Mailbox) -> None:
    await post(home, "magic-link", email=home.demo.host.email)
    token = await mailbox.token(home.kit)
    home.client.session.cookie_jar.clear()
    status, problem = await post(home, "magic-link/verify", token=token)
    assert (status, problem["title"]) == (409, "This takes more along: confirm it")
    assert (await post(home, "magic-link/verify", token=token, confirm=True))[0] == 200


async def test_an_old_link_signs_nobody_in(home: House, mailbox: Mailbox) -> None:
    await post(home, "magic-link", email=home.demo.host.email)
    token = await mailbox.token(home.kit)
    await home.value("UPDATE verification_tokens SET expires_at = now() RETURNING 1")
    assert (await post(home, "magic-link/verify", token=token))[0] == 401


async def test_asking_tells_nothing_about_an_address(home: House, mailbox: Mailbox) -> None:
    known = await post(home, "magic-link", email=home.demo.host.email)
    assert known == await post(home, "magic-link", email="nobody@example.com")
    assert [mail["To"] for mail in await mailbox.collect(home.kit)] == [home.demo.host.email]


@pytest.mark.parametrize("path", ["magic-link", "password/forgot"])
async def test_nobody_fills_anothers_mailbox(path: str, home: House, mailbox: Mailbox) -> None:
    answers = []
    for _ in range(8):
        home.client.session.cookie_jar.clear()
        answers.append(await post(home, path, email=home.demo.host.email))
    assert all(answer == answers[0] for answer in answers)
    assert len(await mailbox.collect(home.kit)) == 5


async def test_a_password_set_before_the_address_was_confirmed_ends(home: House, mailbox: Mailbox) -> None:
    await register(home, "victim@example.com")
    _, before = await sign_in(home, "victim@example.com")
    await mailbox.collect(home.kit)
    await post(home, "magic-link", email="victim@example.com")
    status, session = await post(home, "magic-link/verify", token=await mailbox.token(home.kit))
    assert (status, (await profile(home, session))[1]["isEmailVerified"]) == (200, True)
    assert (await post(home, "refresh", refreshToken=before["refreshToken"]))[0] == 401
    assert (await sign_in(home, "victim@example.com", PASSWORD))[0] == 401
