"""Passwords forgotten and changed, addresses changed, accounts deleted."""

from __future__ import annotations

from tests.house import House
from tests.identity.visits import NEW_PASSWORD, bearer, post, profile, sign_in
from tests.mailbox import Mailbox, link_of


async def host_session(home: House) -> dict[str, str]:
    status, session = await sign_in(home, home.demo.host.email, home.demo.host.password)
    assert status == 200
    return dict(session)


async def test_a_reset_sets_the_password_and_signs_out_everywhere(home: House, mailbox: Mailbox) -> None:
    before = await host_session(home)
    assert (await post(home, "password/forgot", email=home.demo.host.email))[0] == 202
    token = await mailbox.token(home.kit)
    assert (await post(home, "password/reset", token=token, password=NEW_PASSWORD))[0] == 200
    [told] = await mailbox.collect(home.kit)
    assert told["Subject"] == "Your password was changed"
    assert (await profile(home, before))[0] == 401
    assert (await post(home, "refresh", refreshToken=before["refreshToken"]))[0] == 401
    assert (await sign_in(home, home.demo.host.email, home.demo.host.password))[0] == 401
    assert (await sign_in(home, home.demo.host.email, NEW_PASSWORD))[0] == 200


async def test_a_reset_link_works_once(home: House, mailbox: Mailbox) -> None:
    await post(home, "forgot-password", email=home.demo.host.email)
    token = await mailbox.token(home.kit)
    assert (await post(home, "reset-password", token=token, password=NEW_PASSWORD))[0] == 200
    assert (await post(home, "reset-password", token=token, password=NEW_PASSWORD + "!"))[0] == 401


async def test_a_refused_password_leaves_the_link_good(home: House, mailbox: Mailbox) -> None:
    await post(home, "password/forgot", email=home.demo.host.email)
    token = await mailbox.token(home.kit)
    assert (await post(home, "password/reset", token=token, password="password1234"))[0] == 422
    assert (await post(home, "password/reset", token=token, password=NEW_PASSWORD))[0] == 200


async def test_a_link_for_one_purpose_is_good_for_no_other(home: House, mailbox: Mailbox) -> None:
    await post(home, "password/forgot", email=home.demo.host.email)
    token = await mailbox.token(home.kit)
    assert (await post(home, "verify-email", token=token))[0] == 401
    assert (await post(home, "email/confirm", token=token))[0] == 401


async def test_forgetting_tells_nothing_about_an_address(home: House, mailbox: Mailbox) -> None:
    known = await post(home, "password/forgot", email=home.demo.host.email)
    unknown = await post(home, "password/forgot", email="nobody@example.com")
    assert known == unknown
    assert [mail["To"] for mail in await mailbox.collect(home.kit)] == [home.demo.host.email]


async def test_who_knows_the_password_changes_it(home: House) -> None:
    before = await host_session(home)
    given = {"currentPassword": "wrong", "newPassword": NEW_PASSWORD}
    assert (await post(home, "password/change", bearer(before), **given))[0] == 403
    given["currentPassword"] = home.demo.host.password
    assert (await post(home, "password/change", bearer(before), **given))[0] == 200
    assert (await profile(home, before))[0] == 401
    assert (await sign_in(home, home.demo.host.email, NEW_PASSWORD))[0] == 200


async def test_a_new_address_counts_once_it_is_confirmed(home: House, mailbox: Mailbox) -> None:
    session = await host_session(home)
    given = {"newEmail": "Moved@example.com", "password": home.demo.host.password}
    assert (await post(home, "email/change", bearer(session), **given))[0] == 202
    mails = {mail["To"]: mail for mail in await mailbox.collect(home.kit)}
    assert mails.keys() == {"moved@example.com", home.demo.host.email}
    assert (await sign_in(home, "moved@example.com", home.demo.host.password))[0] == 401
    token = link_of(mails["moved@example.com"]).rpartition("=")[2]
    await post(home, "password/forgot", email=home.demo.host.email)
    to_the_old_address = await mailbox.token(home.kit)
    assert (await post(home, "email/confirm", token=token))[0] == 200
    assert (await sign_in(home, "moved@example.com", home.demo.host.password))[0] == 200
    assert (await post(home, "password/reset", token=to_the_old_address, password=NEW_PASSWORD))[0] == 401


async def test_somebody_elses_address_cannot_be_taken(home: House, mailbox: Mailbox) -> None:
    session = await host_session(home)
    given = {"newEmail": home.demo.singer.email, "password": home.demo.host.password}
    assert (await post(home, "email/change", bearer(session), **given))[0] == 202
    assert [mail["To"] for mail in await mailbox.collect(home.kit)] == [home.demo.host.email]


async def test_name_and_phone_change(home: House) -> None:
    session = await host_session(home)
    change = {"name": "Bea", "phoneNumber": "+4312345678"}
    status, seen = await home.call("PATCH", "/v1/auth/profile", json=change, headers=bearer(session))
    assert (status, seen["name"], seen["phoneNumber"]) == (200, "Bea", "+4312345678")
    status, seen = await home.call("PATCH", "/v1/auth/profile", json={"phoneNumber": None}, headers=bearer(session))
    assert (status, seen["name"], seen["phoneNumber"]) == (200, "Bea", None)
    bad = {"phoneNumber": "0664 1234"}
    assert (await home.call("PATCH", "/v1/auth/profile", json=bad, headers=bearer(session)))[0] == 422


async def test_an_owner_deletes_the_account_with_the_organization_or_not_at_all(home: House) -> None:
    session = await host_session(home)
    password = home.demo.host.password
    assert (await post(home, "account/delete", bearer(session), password="wrong"))[0] == 403
    assert (await post(home, "account/delete", bearer(session), password=password))[0] == 409
    given = {"password": password, "deleteOrganization": True}
    assert (await post(home, "account/delete", bearer(session), **given))[0] == 204
    assert (await profile(home, session))[0] == 401
    assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401
    assert (await sign_in(home, home.demo.host.email, password))[0] == 401
    assert await home.value("SELECT count(*) FROM venues") == 0
