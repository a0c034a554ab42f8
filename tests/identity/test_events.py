"""Security events: each is told under a name that stays, and none with a secret."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk

import singr
from singr.identity import throttle
from singr.telemetry import logs, security, sentry
from tests.heard import Heard
from tests.house import House
from tests.identity.test_cookies import by_cookie, jar, proof
from tests.identity.test_factors import with_factor
from tests.identity.test_sessions import ten_seconds_later
from tests.identity.visits import NEW_PASSWORD, PASSWORD, bearer, post, profile, register, sign_in
from tests.mailbox import Mailbox
from tests.organization.test_members import ask, hire
from tests.telemetry.test_sentry import DSN, Kept

SOURCE = Path(singr.__file__).parent
SAID = re.compile(r'\blog\.(?:info|warning|error)\(\s*"([^"]+)"')
# No call of this evening; test_phones.py looks at those with a phone.
ELSEWHERE = {"provider-linked", "signing-keys-rotated", "phone-set", "phone-removed", "code-sent"}


async def passwords_and_links(home: House, mailbox: Mailbox) -> set[str]:
    """Registers, confirms, forgets, resets, changes, moves, deletes: the secrets that took."""
    await register(home)
    secrets = {PASSWORD, NEW_PASSWORD, token := await mailbox.token(home.kit)}
    await post(home, "verify-email", token=token)
    await post(home, "password/forgot", email="new@example.com")
    secrets.add(token := await mailbox.token(home.kit))
    await post(home, "password/reset", token=token, password=NEW_PASSWORD)
    _, session = await sign_in(home, "new@example.com", NEW_PASSWORD)
    change = {"currentPassword": "a-wrong-hunter2", "newPassword": PASSWORD}
    await post(home, "password/change", bearer(session), **change)
    await post(home, "password/change", bearer(session), **(change | {"currentPassword": NEW_PASSWORD}))
    _, session = await sign_in(home, "new@example.com")
    await mailbox.collect(home.kit)
    await post(home, "email/change", bearer(session), newEmail="moved@example.com", password=PASSWORD)
    mails = await mailbox.collect(home.kit)
    [moved] = [mail for mail in mails if mail["To"] == "moved@example.com"]
    secrets.add(token := re.findall(r"email=(\S+)", str(moved.get_body(("plain",))))[0])
    await post(home, "email/confirm", token=token)
    await post(home, "magic-link", email="moved@example.com")
    secrets.add(token := await mailbox.token(home.kit))
    _, linked = await post(home, "magic-link/verify", token=token)
    await post(home, "context", bearer(linked), **(await profile(home, linked))[1]["activeContext"])
    await post(home, "account/delete", bearer(linked), password=PASSWORD, deleteOrganization=True)
    return secrets | {"hunter2"} | {one[k] for one in (session, linked) for k in ("accessToken", "refreshToken")}


async def sessions_and_codes(home: House, mailbox: Mailbox) -> set[str]:
    """Guesses, locks, members, a second factor, cookies and a stolen token: the secrets that took."""
    await home.kit.redis.hset(throttle.key("locked@example.com"), mapping={"attempts": 9, "closed_until_ms": 0})
    await sign_in(home, "locked@example.com", "a-wrong-hunter2")
    await mailbox.collect(home.kit)
    member, kim = await hire(home, mailbox)
    await ask(home, "PATCH", f"/{member}", role="customer_manager")
    await ask(home, "DELETE", f"/{member}")
    _, key = await home.call("POST", "/v1/customer/api-keys", json={"description": "x"}, headers=await home.sign_in())
    for verb in ("rotate", "revoke"):
        path = f"/v1/customer/api-keys/{key['id']}/{verb}"
        await home.call("POST", path, headers=await home.sign_in())
    phone, codes, headers = await with_factor(home)
    challenge = await by_cookie(home)
    answer = {"twoFactorToken": challenge["twoFactorToken"]}
    await post(home, "2fa/challenge", **answer, code="hunter2")
    session = await by_cookie(home, "2fa/challenge", **answer, code=codes[0])
    cookies = {cookie.value for cookie in jar(home).values()}
    assert (await post(home, "2fa/disable", password=home.demo.host.password, code=codes[1]))[0] == 403
    off = {"password": home.demo.host.password, "code": codes[1]}
    assert (await post(home, "2fa/disable", proof(session), **off))[0] == 204
    await post(home, "signout", proof(session))
    _, first = await sign_in(home, home.demo.host.email, home.demo.host.password)
    await post(home, "refresh", refreshToken=first["refreshToken"])
    await ten_seconds_later(home)
    await post(home, "refresh", refreshToken=first["refreshToken"])
    _, last = await sign_in(home, home.demo.host.email, home.demo.host.password)
    await post(home, "signout/everywhere", bearer(last))
    tokens = {one[name] for one in (kim, first, last) for name in ("accessToken", "refreshToken")}
    used = {home.demo.host.password, phone.secret.hex(), challenge["twoFactorToken"], key["key"], session["csrfToken"]}
    return used | set(codes[:2]) | cookies | tokens | {headers["Authorization"].split()[1]}


async def test_every_event_is_told_by_its_name_and_without_a_secret(
    home: House, mailbox: Mailbox, heard: Heard
) -> None:
    secrets = await passwords_and_links(home, mailbox) | await sessions_and_codes(home, mailbox)
    logging.getLogger().removeHandler(heard)
    lines = [line for line in map(json.loads, heard.lines) if line["logger"] == security.LOGGER]
    assert {line["event"] for line in lines} == set(security.EVENTS.values()) - ELSEWHERE
    assert all(line.get("address") or line.get("by") or line.get("user") for line in lines)
    written = "\n".join(heard.lines)
    assert [secret for secret in secrets if secret in written] == []
    assert "@example.com" not in "\n".join(json.dumps(line) for line in lines)
    told = {line["event"]: line for line in lines}
    assert (told["role-changed"]["role_before"], told["role-changed"]["role"]) == ("customer_staff", "customer_manager")
    assert told["refresh-reuse"]["user"] == told["sign-out-everywhere"]["user"]
    assert told["cookie-refused"]["route"] == "/v1/auth/2fa/disable"


def test_every_security_line_of_the_code_has_an_event() -> None:
    pages = [page.read_text("utf-8") for page in SOURCE.rglob("*.py")]
    speaking = [page for page in pages if f'getLogger("{security.LOGGER}")' in page]
    assert {said for page in speaking for said in SAID.findall(page)} <= security.EVENTS.keys()


@pytest.fixture
def quiet() -> Iterator[list[str]]:
    """What is written at LOG_LEVEL=error."""
    root, lines = logging.getLogger(), []
    before = (root.handlers[:], root.level)

    class Page(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logs.start("error", Page())
    yield lines
    root.handlers[:], root.level = before


async def test_events_are_told_at_every_log_level(quiet: list[str], home: House) -> None:
    await sign_in(home, home.demo.host.email, home.demo.host.password)
    assert [json.loads(line)["event"] for line in quiet] == ["sign-in"]


async def test_sentry_hears_of_events_before_a_failure_without_addresses(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, init = Kept(), sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda *given, **named: init(*given, **named, transport=kept))
    sentry.start(home.kit.settings.__class__(sentry_dsn=DSN))
    try:
        logging.getLogger(security.LOGGER).setLevel(logging.INFO)
        secret: dict[str, Any] = (await sign_in(home, home.demo.host.email, home.demo.host.password))[1]
        await sign_in(home, home.demo.host.email, "a-wrong-hunter2")
        # Calls have scopes of their own: the same line, said here.
        extra = {"user": "1", "address": "198.51.100.7", "refresh_token": secret["refreshToken"]}
        logging.getLogger(security.LOGGER).warning("sign-in refused", extra=extra)
        sentry_sdk.capture_message("failed")
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
    said = json.dumps(kept.events[-1], default=str)
    assert "sign-in refused" in json.dumps(kept.events[-1]["breadcrumbs"], default=str)
    for kept_back in ("198.51.100.7", "hunter2", secret["refreshToken"], secret["accessToken"]):
        assert kept_back not in said
