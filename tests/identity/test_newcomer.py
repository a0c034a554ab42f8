"""The README's path: register, confirm, sign in, second factor, refresh, context, sign out."""

from __future__ import annotations

from tests.house import House
from tests.identity.test_factors import Phone
from tests.identity.visits import PASSWORD, bearer, post, profile, register, sign_in
from tests.mailbox import Mailbox


async def test_a_newcomer_finds_the_whole_way(home: House, mailbox: Mailbox) -> None:
    assert (await register(home, customer={"legalBusinessName": "Ann's Bar"}))[0] == 202
    assert (await post(home, "verify-email", token=await mailbox.token(home.kit)))[0] == 200
    _, session = await sign_in(home, "new@example.com")
    headers = bearer(session)
    _, setup = await post(home, "2fa/setup", headers, password=PASSWORD)
    phone = Phone(setup["secret"])
    assert (await post(home, "2fa/verify", headers, code=await phone.show()))[0] == 200
    _, challenge = await sign_in(home, "new@example.com")
    answer = {"twoFactorToken": challenge["twoFactorToken"], "code": await phone.show()}
    _, session = await post(home, "2fa/challenge", **answer)
    _, session = await post(home, "refresh", refreshToken=session["refreshToken"])
    context = (await profile(home, session))[1]["activeContext"]
    status, token = await post(home, "context", bearer(session), **context)
    assert status == 200
    assert (await home.call("GET", "/v1/customer/venues", headers=bearer(token)))[0] == 200
    assert (await post(home, "signout", bearer(token)))[0] == 204
    assert (await profile(home, token))[0] == 401
