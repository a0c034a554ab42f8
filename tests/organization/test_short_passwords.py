"""Ten characters are enough to sing; who works for an organization has twelve, whenever they chose their password."""

from __future__ import annotations

from tests.house import House
from tests.identity.visits import NEW_PASSWORD, post, profile, sign_in
from tests.mailbox import Mailbox
from tests.organization.test_members import ask

SHORT = "kqzvbn-7-x"


async def joined(home: House, mailbox: Mailbox) -> str:
    """The demo's singer, whose password has ten characters, has become a manager: their address."""
    singer = home.demo.singer
    assert len(singer.password) == 10
    assert (await ask(home, "POST", email=singer.email, role="customer_manager"))[0] == 201
    assert (await sign_in(home, singer.email, singer.password))[0] == 200, "an invitation alone asks nothing"
    token = await mailbox.token(home.kit)
    assert (await post(home, "invitations/accept", token=token))[0] == 200
    return singer.email


async def test_a_singers_short_password_does_not_open_an_organization(home: House, mailbox: Mailbox) -> None:
    email = await joined(home, mailbox)
    status, problem = await sign_in(home, email, home.demo.singer.password)
    assert (status, problem["title"]) == (409, "Your password is too short for your work")
    assert "forgotten password" in problem["detail"]
    await post(home, "password/forgot", email=email)
    token = await mailbox.token(home.kit)
    assert (await post(home, "password/reset", token=token, password=SHORT))[0] == 422
    assert (await post(home, "password/reset", token=token, password=NEW_PASSWORD))[0] == 200
    status, session = await sign_in(home, email, NEW_PASSWORD)
    assert (status, (await profile(home, session))[1]["organizations"][0]["role"]) == (200, "customer_manager")


async def test_a_wrong_short_password_is_wrong_and_no_more(home: House, mailbox: Mailbox) -> None:
    email = await joined(home, mailbox)
    assert (await sign_in(home, email, "x"))[0] == 401


async def test_who_joins_signs_in_anew(home: House, mailbox: Mailbox) -> None:
    _, session = await sign_in(home, home.demo.singer.email, home.demo.singer.password)
    await joined(home, mailbox)
    assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401
