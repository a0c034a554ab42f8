"""Whether an address has an account: no answer tells it, in words, status or headers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house import House
from tests.identity.visits import NEW_PASSWORD, PASSWORD, bearer, sign_in

ASKED: dict[str, dict[str, Any]] = {
    "signin": {"password": "wrong"},
    "register": {"password": PASSWORD, "accountType": "customer"},
    "register/singer": {"password": PASSWORD},
    "password/forgot": {},
    "magic-link": {},
}


async def said(home: House, path: str, headers: dict[str, str], **body: Any) -> tuple[int, Any, set[str]]:
    """Status, body and the names of the headers; the number of the call is left out."""
    async for key in home.kit.redis.scan_iter("{limit}:*"):
        await home.kit.redis.delete(key)
    home.client.session.cookie_jar.clear()
    async with home.client.post(f"/v1/auth/{path}", json=body, headers=headers) as answer:
        told = await answer.json()
        told.pop("requestId", None)
        return answer.status, told, set(answer.headers)


@pytest.mark.parametrize("path", ASKED)
async def test_an_unknown_address_gets_the_answer_of_a_known_one(path: str, home: House) -> None:
    known = await said(home, path, {}, email=home.demo.host.email, **ASKED[path])
    unknown = await said(home, path, {}, email="nobody@example.com", **ASKED[path])
    assert known == unknown


async def test_whoever_is_signed_in_learns_no_more(home: House) -> None:
    _, session = await sign_in(home, home.demo.host.email, home.demo.host.password)
    given = {"password": home.demo.host.password}
    known = await said(home, "email/change", bearer(session), newEmail=home.demo.singer.email, **given)
    assert known == await said(home, "email/change", bearer(session), newEmail="nobody@example.com", **given)


async def test_made_up_links_are_answered_alike_whoever_they_are_for(home: House) -> None:
    answers = [
        await said(home, path, {}, token=token, **more)
        for path, more in (("password/reset", {"password": NEW_PASSWORD}), ("verify-email", {}), ("email/confirm", {}))
        for token in ("x", "y" * 43)
    ]
    assert {status for status, _, _ in answers} == {401}
