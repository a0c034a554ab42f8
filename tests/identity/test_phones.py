"""Codes by text message: to a confirmed phone, for one challenge, good once and not for long."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from singr.identity import phones
from singr.infra import sms
from singr.infra.sms import Sms
from singr.notifications import outbox
from tests.heard import Heard
from tests.house import House, opened
from tests.identity.test_factors import host, with_factor
from tests.identity.visits import bearer, post, profile
from tests.mailbox import Mailbox

NUMBER = "+4366412345678"
Terminal = pytest.CaptureFixture[str]


async def texts(home: House, terminal: Terminal) -> list[tuple[str, str]]:
    """Whom what codes were sent to, since the last look."""
    terminal.readouterr()
    await outbox.sweep(home.kit)
    return re.findall(r"--- text to (\S+): (\d{6}) is your Singr code", terminal.readouterr().err)


async def with_phone(home: House, terminal: Terminal) -> dict[str, str]:
    """A host whose phone is confirmed; what signs their calls in."""
    _, _, headers = await with_factor(home)
    given = {"password": home.demo.host.password, "phoneNumber": NUMBER}
    assert (await post(home, "2fa/phone", headers, **given))[0] == 202
    [(to, code)] = await texts(home, terminal)
    assert to == NUMBER
    assert (await post(home, "2fa/phone/verify", headers, code=code))[0] == 204
    return headers


async def challenged(home: House) -> dict[str, Any]:
    _, challenge = await host(home)
    return challenge


async def sent(home: House, terminal: Terminal, challenge: dict[str, Any]) -> str:
    status, _ = await post(home, "2fa/challenge/sms", twoFactorToken=challenge["twoFactorToken"])
    assert status == 202
    [(to, code)] = await texts(home, terminal)
    assert to == NUMBER
    return code


async def answer(home: House, challenge: dict[str, Any], code: str) -> tuple[int, Any]:
    return await post(home, "2fa/challenge", twoFactorToken=challenge["twoFactorToken"], code=code)


async def test_a_code_by_text_finishes_signing_in_once(home: House, capsys: Terminal) -> None:
    await with_phone(home, capsys)
    challenge = await challenged(home)
    assert challenge["methods"] == ["totp", "recovery_code", "sms"]
    code = await sent(home, capsys, challenge)
    status, session = await answer(home, challenge, code)
    assert (status, (await profile(home, session))[0]) == (200, 200)
    another = await challenged(home)
    assert (await answer(home, another, code))[0] == 401


async def test_a_code_is_for_the_sign_in_that_asked_for_it(home: House, capsys: Terminal) -> None:
    await with_phone(home, capsys)
    mine, another = await challenged(home), await challenged(home)
    code = await sent(home, capsys, mine)
    assert (await answer(home, another, code))[0] == 401
    assert (await answer(home, mine, code))[0] == 200


async def test_a_new_code_ends_the_one_before(home: House, capsys: Terminal) -> None:
    await with_phone(home, capsys)
    challenge = await challenged(home)
    first, second = await sent(home, capsys, challenge), await sent(home, capsys, challenge)
    if first != second:
        assert (await answer(home, challenge, first))[0] == 401
    assert (await answer(home, challenge, second))[0] == 200


async def forgive(home: House) -> None:
    """No waiting for the failures so far: what is looked at is the code's own bound."""
    async for key in home.kit.redis.scan_iter("{attempts}:*"):
        await home.kit.redis.delete(key)


async def test_five_wrong_guesses_end_a_code(home: House, capsys: Terminal) -> None:
    await with_phone(home, capsys)
    challenge = await challenged(home)
    code = await sent(home, capsys, challenge)
    for number in range(phones.TRIES):
        await forgive(home)
        assert (await answer(home, challenge, f"{(int(code) + number + 1) % 1_000_000:06}"))[0] == 401
    await forgive(home)
    assert (await answer(home, challenge, code))[0] == 401


async def test_a_code_is_good_for_five_minutes(home: House, capsys: Terminal) -> None:
    await with_phone(home, capsys)
    await sent(home, capsys, await challenged(home))
    lives = [await home.kit.redis.ttl(key) async for key in home.kit.redis.scan_iter("sms:*")]
    assert len(lives) == 1
    assert 0 < lives[0] <= 300


async def test_guessing_codes_by_text_is_slowed_down_like_all_codes(home: House, capsys: Terminal) -> None:
    await with_phone(home, capsys)
    challenge = await challenged(home)
    code = await sent(home, capsys, challenge)
    statuses = [(await answer(home, challenge, "000000" if code != "000000" else "111111"))[0] for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429]


async def test_only_so_many_texts_are_sent(home: House, capsys: Terminal) -> None:
    await with_phone(home, capsys)
    body = {"twoFactorToken": (await challenged(home))["twoFactorToken"]}
    path = "/v1/auth/2fa/challenge/sms"
    statuses = [(await home.call("POST", path, json=body))[0] for _ in range(phones.SENDING.hits + 1)]
    assert statuses == [202] * phones.SENDING.hits + [429]


async def test_a_phone_counts_once_it_is_confirmed(home: House, capsys: Terminal) -> None:
    _, _, headers = await with_factor(home)
    given = {"password": home.demo.host.password, "phoneNumber": NUMBER}
    assert (await post(home, "2fa/phone", headers, **(given | {"password": "wrong"})))[0] == 403
    assert (await post(home, "2fa/phone", headers, **(given | {"phoneNumber": "0664 1"})))[0] == 422
    assert (await post(home, "2fa/phone", headers, **given))[0] == 202
    [(_, code)] = await texts(home, capsys)
    assert (await post(home, "2fa/phone/verify", headers, code="999999" if code != "999999" else "1" * 6))[0] == 401
    challenge = await challenged(home)
    assert "sms" not in challenge["methods"]
    assert (await post(home, "2fa/challenge/sms", twoFactorToken=challenge["twoFactorToken"]))[0] == 404
    assert (await answer(home, challenge, code))[0] == 401, "it confirms the phone and signs nobody in"
    await forgive(home)
    statuses = [(await post(home, "2fa/phone/verify", headers, code=code))[0] for _ in range(2)]
    assert statuses == [204, 401], "once"
    assert (await post(home, "2fa/challenge/sms", twoFactorToken="made-up"))[0] == 401


async def test_a_phone_needs_the_app_and_goes_with_it_or_alone(home: House, capsys: Terminal, mailbox: Mailbox) -> None:
    _, session = await host(home)
    given = {"password": home.demo.host.password, "phoneNumber": NUMBER}
    assert (await post(home, "2fa/phone", bearer(session), **given))[0] == 409
    headers = await with_phone(home, capsys)
    assert [mail["Subject"] for mail in await mailbox.collect(home.kit)] == ["A phone was added to your account"]
    assert (await post(home, "2fa/phone/remove", headers, password="wrong"))[0] == 403
    assert (await post(home, "2fa/phone/remove", headers, password=home.demo.host.password))[0] == 204
    assert "sms" not in (await challenged(home))["methods"]


async def test_no_text_is_promised_where_none_is_sent(mailing: Settings, capsys: Terminal) -> None:
    async with opened(mailing) as home:
        _, _, headers = await with_factor(home)
    production = replace(mailing, singr_env="production")
    async with opened(production) as house:
        given = {"password": house.demo.host.password, "phoneNumber": NUMBER}
        assert (await post(house, "2fa/phone", headers, **given))[0] == 503
        await sms.send(production, Sms(NUMBER, "123456 is your Singr code"))
    assert "123456" not in capsys.readouterr().err


async def test_neither_phone_nor_code_is_written_where_it_can_be_read(
    home: House, capsys: Terminal, heard: Heard
) -> None:
    await with_phone(home, capsys)
    code = await sent(home, capsys, await challenged(home))
    for table in ("totp_factors", "audit_logs", "outbox"):
        kept = str(await home.value(f"SELECT string_agg(t::text, ' ') FROM {table} t"))  # noqa: S608
        assert NUMBER not in kept
        assert NUMBER.encode().hex() not in kept
        assert f'"{code}"' not in kept
    held = [await home.kit.redis.hgetall(key) async for key in home.kit.redis.scan_iter("sms:*")]
    assert held
    assert code not in str(held)
    assert not [line for line in heard.lines if NUMBER in line or f"{code} is" in line or f'"{code}"' in line]
