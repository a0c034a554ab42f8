"""An account that a stranger set up with somebody's address: it is no trap for whoever the address belongs to."""

from __future__ import annotations

from typing import Any

from tests.house import House
from tests.identity.test_factors import Phone
from tests.identity.visits import NEW_PASSWORD, PASSWORD, bearer, post, profile, refused, register, sign_in
from tests.mailbox import Mailbox, link_of
from tests.organization.test_members import ask

VICTIM = "victim@example.com"
STRANGER = "stranger@example.com"


async def trap(home: House, mailbox: Mailbox) -> tuple[dict[str, Any], str]:
    """A stranger's account with the victim's address and a second factor: the session, and the link in the stranger's
    own mailbox that would take the account to their address."""
    await register(home, VICTIM)
    _, session = await sign_in(home, VICTIM)
    headers = bearer(session)
    await post(home, "email/change", headers, newEmail=STRANGER, password=PASSWORD)
    _, setup = await post(home, "2fa/setup", headers, password=PASSWORD)
    assert (await post(home, "2fa/verify", headers, code=await Phone(setup["secret"]).show()))[0] == 200
    (change,) = [link_of(mail) for mail in await mailbox.collect(home.kit) if mail["To"] == STRANGER]
    return session, change.rpartition("=")[2]


async def is_over(home: House, session: dict[str, Any], change: str) -> None:
    """Nothing that the stranger left works any more, and the victim is alone in the account."""
    assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401
    await refused(home, session)
    assert (await post(home, "email/confirm", token=change))[0] == 401
    assert (await sign_in(home, VICTIM, PASSWORD))[0] == 401
    status, own = await sign_in(home, VICTIM, NEW_PASSWORD)
    assert (status, "accessToken" in own) == (200, True), "no second factor of a stranger's is asked for"
    assert (await profile(home, own))[1]["isEmailVerified"] is True


async def test_an_account_set_up_as_a_trap_does_not_join(home: House, mailbox: Mailbox) -> None:
    session, change = await trap(home, mailbox)
    assert (await ask(home, "POST", email=VICTIM, role="customer_manager"))[0] == 201
    token = await mailbox.token(home.kit)
    status, problem = await post(home, "invitations/accept", token=token)
    assert (status, problem["errors"][0]["field"]) == (422, "password"), "whoever holds the mailbox chooses anew"
    assert (await post(home, "invitations/accept", token=token, password=NEW_PASSWORD))[0] == 200
    await is_over(home, session, change)
    _, own = await sign_in(home, VICTIM, NEW_PASSWORD)
    joined = [(o["role"], o["status"]) for o in (await profile(home, own))[1]["organizations"]]
    assert ("customer_manager", "active") in joined


async def test_reading_a_mail_confirms_no_account_of_a_stranger(home: House, mailbox: Mailbox) -> None:
    await register(home, VICTIM)
    token = await mailbox.token(home.kit)
    home.client.session.cookie_jar.clear()
    assert (await post(home, "verify-email", token=token))[0] == 409
    assert (await post(home, "verify-email", token=token, password=NEW_PASSWORD))[0] == 403
    _, session = await sign_in(home, VICTIM)
    assert (await profile(home, session))[1]["isEmailVerified"] is False
    home.client.session.cookie_jar.clear()
    assert (await post(home, "verify-email", token=token, password=PASSWORD))[0] == 200, "their own, on another device"


async def test_reading_a_mail_gives_no_stranger_the_address(home: House, mailbox: Mailbox) -> None:
    host = home.demo.host
    _, session = await sign_in(home, host.email, host.password)
    await post(home, "email/change", bearer(session), newEmail=VICTIM, password=host.password)
    (token,) = [link_of(m).rpartition("=")[2] for m in await mailbox.collect(home.kit) if m["To"] == VICTIM]
    home.client.session.cookie_jar.clear()
    assert (await post(home, "email/confirm", token=token))[0] == 409
    assert (await post(home, "email/confirm", token=token, password=NEW_PASSWORD))[0] == 403
    assert (await sign_in(home, host.email, host.password))[0] == 200
    home.client.session.cookie_jar.clear()
    assert (await post(home, "email/confirm", token=token, password=host.password))[0] == 200


async def test_who_was_invited_may_register_too_and_joins_with_that_account(home: House, mailbox: Mailbox) -> None:
    await ask(home, "POST", email=VICTIM, role="customer_staff")
    invitation = await mailbox.token(home.kit)
    await register(home, VICTIM, customer={"legalBusinessName": "Vic's Bar"})
    assert (await post(home, "verify-email", token=await mailbox.token(home.kit)))[0] == 200
    assert (await post(home, "invitations/accept", token=invitation))[0] == 200
    _, session = await sign_in(home, VICTIM)
    seen = (await profile(home, session))[1]
    assert (seen["customerProfile"]["name"], len(seen["organizations"])) == ("Vic's Bar", 2)


async def test_who_was_invited_is_registered_once(home: House, mailbox: Mailbox) -> None:
    await ask(home, "POST", email=VICTIM, role="customer_staff")
    await register(home, VICTIM)
    await mailbox.collect(home.kit)
    await register(home, VICTIM, password=NEW_PASSWORD)
    [mail] = await mailbox.collect(home.kit)
    assert mail["Subject"] == "You already have an account"
    assert [(await sign_in(home, VICTIM, password))[0] for password in (PASSWORD, NEW_PASSWORD)] == [200, 401]


async def test_a_reset_ends_all_that_a_stranger_left(home: House, mailbox: Mailbox) -> None:
    session, change = await trap(home, mailbox)
    await post(home, "password/forgot", email=VICTIM)
    token = await mailbox.token(home.kit)
    assert (await post(home, "password/reset", token=token, password=NEW_PASSWORD))[0] == 200
    await is_over(home, session, change)


async def test_a_reset_leaves_a_confirmed_accounts_second_factor(home: House, mailbox: Mailbox) -> None:
    host = home.demo.host
    _, session = await sign_in(home, host.email, host.password)
    _, setup = await post(home, "2fa/setup", bearer(session), password=host.password)
    assert (await post(home, "2fa/verify", bearer(session), code=await Phone(setup["secret"]).show()))[0] == 200
    await post(home, "password/forgot", email=host.email)
    token = await mailbox.token(home.kit)
    assert (await post(home, "password/reset", token=token, password=NEW_PASSWORD))[0] == 200
    assert (await sign_in(home, host.email, NEW_PASSWORD))[1]["requiresTwoFactor"] is True
