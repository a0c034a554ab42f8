"""People who work for an organization: invited, joined, changed, put on hold, let go. The owner stays."""

from __future__ import annotations

from typing import Any

import pytest

from singr.organization import members
from tests.house import House
from tests.identity.visits import NEW_PASSWORD, PASSWORD, bearer, post, profile, refused, register, sign_in
from tests.mailbox import Mailbox, link_of, text_of

USERS = "/v1/customer/organization/users"
EMAIL = "kim@example.com"


async def ask(home: House, method: str, path: str = "", who: dict[str, Any] | None = None, **body: Any) -> Any:
    headers = bearer(who) if who else bearer(await host(home))
    return await home.call(method, USERS + path, json=body or None, headers=headers)


async def host(home: House) -> dict[str, Any]:
    return dict((await sign_in(home, home.demo.host.email, home.demo.host.password))[1])


async def hire(home: House, mailbox: Mailbox, role: str = "customer_staff", email: str = EMAIL, **more: Any) -> Any:
    """An invited person who joined and signed in: the membership's id and the session."""
    status, member = await ask(home, "POST", email=email, role=role, **more)
    assert status == 201, member
    assert (await post(home, "invitations/accept", token=await mailbox.token(home.kit), password=PASSWORD))[0] == 200
    status, session = await sign_in(home, email)
    assert status == 200
    return member["id"], session


async def test_somebody_new_is_invited_joins_and_works(home: House, mailbox: Mailbox) -> None:
    status, member = await ask(home, "POST", email="Kim@example.com", role="customer_staff")
    assert (status, member["email"], member["status"], member["name"]) == (201, EMAIL, "invited", None)
    [mail] = await mailbox.collect(home.kit)
    assert (mail["To"], mail["Subject"]) == (EMAIL, "You are invited to Test Karaoke LLC")
    assert "/account#invitation=" in text_of(mail)
    token = link_of(mail).rpartition("=")[2]
    assert (await post(home, "invitations/accept", token=token))[0] == 422
    assert (await post(home, "invitations/accept", token=token, password=PASSWORD, name="Kim"))[0] == 200
    _, session = await sign_in(home, EMAIL)
    _, seen = await profile(home, session)
    assert (seen["name"], seen["isEmailVerified"], seen["roles"]) == ("Kim", True, ["customer_staff"])
    assert "requests:process" in seen["permissions"]
    assert "venues:write" not in seen["permissions"]
    assert (await post(home, "invitations/accept", token=token, password=PASSWORD))[0] == 401


async def test_an_invitation_does_not_change_an_accounts_password(home: House, mailbox: Mailbox) -> None:
    await register(home, EMAIL, accountType="singer")
    await post(home, "verify-email", token=await mailbox.token(home.kit))
    await ask(home, "POST", email=EMAIL, role="customer_manager")
    token = await mailbox.token(home.kit)
    assert (await post(home, "invitations/accept", token=token, password=NEW_PASSWORD))[0] == 200
    assert (await sign_in(home, EMAIL, NEW_PASSWORD))[0] == 401
    _, session = await sign_in(home, EMAIL)
    assert [o["status"] for o in (await profile(home, session))[1]["organizations"]] == ["active"]


async def test_an_invited_account_has_no_password_to_guess_and_no_rights(home: House) -> None:
    await ask(home, "POST", email=home.demo.singer.email, role="customer_manager")
    _, session = await sign_in(home, home.demo.singer.email, home.demo.singer.password)
    assert (await ask(home, "GET", who=session))[0] == 403
    await ask(home, "POST", email=EMAIL, role="customer_staff")
    assert (await sign_in(home, EMAIL, ""))[0] == 422
    assert (await sign_in(home, EMAIL))[0] == 401


async def test_inviting_again_ends_the_first_link(home: House, mailbox: Mailbox) -> None:
    await ask(home, "POST", email=EMAIL, role="customer_staff")
    first = await mailbox.token(home.kit)
    assert (await ask(home, "POST", email=EMAIL, role="customer_manager"))[0] == 201
    second = await mailbox.token(home.kit)
    assert (await post(home, "invitations/accept", token=first, password=PASSWORD))[0] == 401
    assert (await post(home, "invitations/accept", token=second, password=PASSWORD))[0] == 200
    assert (await ask(home, "POST", email=EMAIL, role="customer_staff"))[0] == 409


async def test_in_a_full_house_who_is_invited_is_invited_again_and_nobody_else(
    home: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(home, "POST", email=EMAIL, role="customer_staff")
    there = await home.value("SELECT count(*) FROM organization_users WHERE status <> 'revoked'")
    monkeypatch.setattr(members, "MEMBERS_MAX", there)
    assert (await ask(home, "POST", email="another@example.com", role="customer_staff"))[0] == 409
    assert (await ask(home, "POST", email=EMAIL, role="customer_staff"))[0] == 201


@pytest.mark.parametrize("end", ["expired", "taken back"])
async def test_an_invitation_ends(end: str, home: House, mailbox: Mailbox) -> None:
    _, member = await ask(home, "POST", email=EMAIL, role="customer_staff")
    token = await mailbox.token(home.kit)
    if end == "expired":
        await home.value("UPDATE organization_users SET invitation_expires_at = now() RETURNING 1")
    else:
        assert (await ask(home, "DELETE", f"/{member['id']}"))[0] == 204
    assert (await post(home, "invitations/accept", token=token, password=PASSWORD))[0] == 401


async def test_a_new_role_counts_at_once_for_who_is_signed_in(home: House, mailbox: Mailbox) -> None:
    member, session = await hire(home, mailbox)
    status, changed = await ask(home, "PATCH", f"/{member}", role="customer_manager", permissions=["api_keys:revoke"])
    assert (status, changed["role"], changed["permissions"]) == (200, "customer_manager", ["api_keys:revoke"])
    await refused(home, session)
    _, renewed = await post(home, "refresh", refreshToken=session["refreshToken"])
    permissions = (await profile(home, renewed))[1]["permissions"]
    assert {"venues:write", "api_keys:revoke"} <= set(permissions)
    assert "billing:write" not in permissions


async def test_whoever_is_put_on_hold_or_let_go_is_out_at_once(home: House, mailbox: Mailbox) -> None:
    member, session = await hire(home, mailbox)
    assert (await ask(home, "PATCH", f"/{member}", status="suspended"))[0] == 200
    await refused(home, session)
    _, renewed = await post(home, "refresh", refreshToken=session["refreshToken"])
    assert (await ask(home, "GET", who=renewed))[0] == 403
    assert (await ask(home, "PATCH", f"/{member}", status="active"))[0] == 200
    _, again = await sign_in(home, EMAIL)
    assert (await ask(home, "GET", who=again))[0] == 200
    assert (await ask(home, "DELETE", f"/{member}"))[0] == 204
    await refused(home, again)
    assert (await ask(home, "PATCH", f"/{member}", status="active"))[0] == 404
    assert [m["isOwner"] for m in (await ask(home, "GET"))[1]["items"]] == [True]


async def test_the_owner_stays(home: House, mailbox: Mailbox) -> None:
    _, manager = await hire(home, mailbox, "customer_manager")
    owner = next(m for m in (await ask(home, "GET"))[1]["items"] if m["isOwner"])
    for who in (None, manager):
        assert (await ask(home, "PATCH", f"/{owner['id']}", who, role="customer_staff"))[0] == 409
        assert (await ask(home, "DELETE", f"/{owner['id']}", who))[0] == 409
    assert (await ask(home, "POST", email=home.demo.host.email, role="customer_staff"))[0] == 409


async def test_nobody_gives_what_they_lack_or_promotes_themselves(home: House, mailbox: Mailbox) -> None:
    own, manager = await hire(home, mailbox, "customer_manager")
    other, _ = await hire(home, mailbox, "customer_manager", "lee@example.com", permissions=["billing:write"])
    given = {"email": "max@example.com", "role": "customer_staff", "permissions": ["billing:write"]}
    assert (await ask(home, "POST", "", manager, **given))[0] == 403
    assert (await ask(home, "PATCH", f"/{own}", manager, permissions=["venues:read"]))[0] == 403
    assert (await ask(home, "PATCH", f"/{other}", manager, status="suspended"))[0] == 403
    assert (await ask(home, "DELETE", f"/{other}", manager))[0] == 403
    assert (await ask(home, "POST", "", manager, **(given | {"permissions": []})))[0] == 201


async def test_who_has_not_confirmed_an_address_invites_nobody(home: House) -> None:
    await home.value("UPDATE users SET is_email_verified = false RETURNING 1")
    assert (await ask(home, "POST", email=EMAIL, role="customer_staff"))[0] == 403


async def test_another_organizations_members_are_not_found(home: House, mailbox: Mailbox) -> None:
    member, _ = await hire(home, mailbox)
    stranger = home.stranger()
    for method in ("PATCH", "DELETE"):
        status, _ = await home.call(method, f"{USERS}/{member}", json={"role": "customer_staff"}, headers=stranger)
        assert status == 404
