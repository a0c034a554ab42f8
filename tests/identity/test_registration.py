"""Registering, confirming the address, and what strangers can learn from it: nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house import House
from tests.identity.visits import PASSWORD, bearer, post, profile, register, sign_in
from tests.mailbox import Mailbox, link_of, text_of


async def test_a_customer_gets_an_organization_to_work_with(home: House, mailbox: Mailbox) -> None:
    customer = {"legalBusinessName": "Ann's Bar", "timezone": "Europe/Vienna"}
    status, told = await register(home, "Ann@Example.com", name="Ann", customer=customer)
    assert (status, told["message"]) == (202, "Look into your mailbox: we have sent you a link.")
    status, session = await sign_in(home, "ann@example.com")
    assert (status, session["user"]["roles"]) == (200, ["customer_owner"])
    _, seen = await profile(home, session)
    assert seen["customerProfile"]["name"] == "Ann's Bar"
    assert "venues:write" in seen["permissions"]
    assert seen["isEmailVerified"] is False
    status, systems = await home.call("GET", "/v1/customer/systems", headers=bearer(session))
    assert (status, len(systems["items"])) == (200, 1)


async def test_a_time_zone_that_is_none_is_refused_by_its_field(home: House) -> None:
    status, problem = await register(home, "ann@example.com", customer={"timezone": "Nowhere/Land"})
    assert (status, problem["errors"][0]["field"]) == (422, "customer.timezone")
    assert await home.value("SELECT count(*) FROM users WHERE email = 'ann@example.com'") == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("register", {"accountType": "singer", "singer": {"nickname": "Star"}}),
        ("signup", {"accountType": "singer", "singer": {"nickname": "Star"}}),
        ("register/singer", {"nickname": "Star"}),
    ],
)
async def test_a_singer_gets_a_singer_profile(path: str, body: dict[str, Any], home: House) -> None:
    status, _ = await post(home, path, email="star@example.com", password="ten-chars!", **body)
    assert status == 202
    _, session = await sign_in(home, "star@example.com", "ten-chars!")
    _, seen = await profile(home, session)
    assert (seen["roles"], seen["singerProfile"]["nickname"]) == (["singer"], "Star")
    assert seen["activeContext"]["type"] == "singer"


async def test_the_link_in_the_mail_confirms_the_address_once(home: House, mailbox: Mailbox) -> None:
    await register(home)
    [mail] = await mailbox.collect(home.kit)
    assert (mail["To"], mail["Subject"]) == ("new@example.com", "Confirm your e-mail address")
    link = link_of(mail)
    assert link.startswith("http://singr.example/account#verify=")
    token = link.rpartition("=")[2]
    assert (await post(home, "verify-email", token=token))[0] == 200
    _, session = await sign_in(home, "new@example.com")
    assert (await profile(home, session))[1]["isEmailVerified"] is True
    assert (await post(home, "verify-email", token=token))[0] == 401


async def test_a_link_sent_again_ends_the_one_before(home: House, mailbox: Mailbox) -> None:
    await register(home)
    first = await mailbox.token(home.kit)
    _, session = await sign_in(home, "new@example.com")
    assert (await post(home, "verify-email/resend", bearer(session)))[0] == 202
    second = await mailbox.token(home.kit)
    assert (await post(home, "verify-email", token=first))[0] == 401
    assert (await post(home, "verify-email", token=second))[0] == 200
    assert (await post(home, "verify-email/resend", bearer(session)))[0] == 202
    assert await mailbox.collect(home.kit) == []


async def test_an_old_link_does_not_confirm(home: House, mailbox: Mailbox) -> None:
    await register(home)
    token = await mailbox.token(home.kit)
    await home.value("UPDATE verification_tokens SET expires_at = now() - interval '1 second'")
    assert (await post(home, "verify-email", token=token))[0] == 401


async def test_a_known_address_gets_the_same_answer_and_a_mail_that_says_so(home: House, mailbox: Mailbox) -> None:
    fresh = await register(home, "new@example.com")
    known = await register(home, home.demo.host.email)
    assert fresh == known
    mails = {mail["To"]: mail for mail in await mailbox.collect(home.kit)}
    mail = mails[home.demo.host.email]
    assert (mail["Subject"], "/account#reset=" in link_of(mail)) == ("You already have an account", True)
    assert (await sign_in(home, home.demo.host.email))[0] == 401
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 200
    token = link_of(mail).rpartition("=")[2]
    assert (await post(home, "password/reset", token=token, password=PASSWORD))[0] == 200


async def test_a_strangers_words_do_not_reach_a_mailbox(home: House, mailbox: Mailbox) -> None:
    await register(home, name="Buy at https://spam.example")
    [mail] = await mailbox.collect(home.kit)
    assert "spam" not in text_of(mail)


@pytest.mark.parametrize(
    ("password", "account_type"),
    [
        ("elevenchars", "customer"),
        ("ninechars", "singer"),
        ("password1234", "customer"),
        ("Password!!!!", "customer"),
        ("1234567890", "singer"),
        ("abababababab", "customer"),
        ("new@example.com", "customer"),
        ("Singrkaraoke99", "customer"),
        ("x" * 257, "customer"),
    ],
)
async def test_weak_passwords_are_refused(password: str, account_type: str, home: House) -> None:
    status, problem = await register(home, password=password, accountType=account_type)
    assert (status, problem["errors"][0]["field"]) == (422, "password")


@pytest.mark.parametrize(
    "email", ["a@b", "a b@example.com", "a@b@example.com", "a..b@example.com", "<a>@example.com", "a@example.com\n"]
)
async def test_addresses_that_no_mail_server_takes_are_refused(email: str, home: House) -> None:
    status, problem = await register(home, email)
    assert (status, problem["errors"][0]["field"]) == (422, "email")


async def test_neither_password_nor_token_is_stored_in_clear(home: House, mailbox: Mailbox) -> None:
    await register(home)
    token = await mailbox.token(home.kit)
    for table in ("users", "verification_tokens", "audit_logs"):
        kept = await home.value(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608
        assert token not in kept
        assert PASSWORD not in kept
