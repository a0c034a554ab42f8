"""Who calls: phones by a signed id, addresses as trusted proxies tell them, people by their token."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from singr.core.settings import Settings
from singr.http.address import Proxies
from singr.infra.limits import Rate
from tests.http.stage import ECHO, GUEST, STILL, TELL, served

DEVICE = "X-Singr-Device"
COOKIE = "singr_device"


async def test_a_new_phone_gets_one_identity_and_keeps_it() -> None:
    async with served(GUEST) as client:
        async with client.post("/v1/public/guest") as first:
            device, signed = (await first.json())["device"], first.headers[DEVICE]
            cookie = first.cookies[COOKIE]
            assert cookie.value == signed
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
            assert cookie["path"] == "/"
            assert not cookie["secure"]
        for headers in ({DEVICE: signed}, {"Cookie": f"{COOKIE}={signed}"}):
            async with client.post("/v1/public/guest", headers=headers) as again:
                assert (await again.json())["device"] == device
                assert COOKIE not in again.cookies
                assert DEVICE not in again.headers


async def test_the_cookie_is_for_https_alone_where_we_are_served_by_it() -> None:
    async with served(GUEST, public_url="https://singr.example") as client, client.post("/v1/public/guest") as answer:
        assert answer.cookies[COOKIE]["secure"]


async def test_no_cache_gives_one_phones_identity_to_another() -> None:
    keepable = replace(GUEST, cache=STILL.cache)
    async with served(keepable) as client:
        async with client.post(keepable.path) as first:
            assert first.headers["Cache-Control"] == "no-store"
            signed = first.headers[DEVICE]
        async with client.post(keepable.path, headers={DEVICE: signed}) as second:
            assert second.headers["Cache-Control"] == "public, max-age=60"


async def test_reading_needs_no_identity_and_gives_none() -> None:
    row = replace(STILL, rate=GUEST.rate)
    async with served(row) as client, client.get(row.path) as answer:
        assert answer.status == 200
        assert DEVICE not in answer.headers
        assert not answer.cookies


@pytest.mark.parametrize("forged", ["someone-else", "someone-else.c2ln", ".", "é.x", ""])
async def test_an_identity_we_did_not_sign_is_nobodys(forged: str) -> None:
    async with served(GUEST) as client, client.post("/v1/public/guest", headers={DEVICE: forged}) as answer:
        seen = await answer.json()
        assert answer.status == 200
        assert not seen["device"].startswith("someone-else")
        assert seen["actor"] == f"guest:{seen['device']}"
        assert DEVICE in answer.headers


async def test_an_identity_of_another_installation_is_nobodys() -> None:
    async with served(GUEST, auth_secret="another" * 5) as elsewhere, elsewhere.post("/v1/public/guest") as answer:
        foreign = answer.headers[DEVICE]
    async with served(GUEST) as client, client.post("/v1/public/guest", headers={DEVICE: foreign}) as answer:
        assert answer.headers[DEVICE] != foreign


async def test_only_rows_that_count_by_device_give_identities() -> None:
    async with served(TELL) as client, client.get("/v1/tell") as answer:
        assert DEVICE not in answer.headers
        assert not answer.cookies
        assert (await answer.json())["device"] is None


async def test_a_token_that_is_not_good_is_refused_even_where_none_is_needed() -> None:
    async with served(TELL) as client:
        async with client.get("/v1/tell", headers={"Authorization": "Bearer good"}) as answer:
            assert (await answer.json())["actor"] == "user:ann"
        async with client.get("/v1/tell", headers={"Authorization": "Bearer bad"}) as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"


PROXIES = Settings(trusted_proxies=("127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32")).proxies


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, 10.1.2.3"], "198.51.100.1"),
        ("127.0.0.1", ["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
        ("127.0.0.1", ["198.51.100.1, , "], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, unknown"], "127.0.0.1"),
        ("2001:db8::1", ["2a00::7"], "2a00::7"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, ::ffff:10.1.2.3"], "198.51.100.1"),
    ],
)
def test_the_address_is_the_last_one_no_proxy_of_ours_has(peer: str, forwarded: list[str], address: str) -> None:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    assert Proxies(PROXIES).client_of(request) == address


def test_without_trusted_proxies_nobody_is_believed() -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": "1.2.3.4"}).clone(remote="127.0.0.1")
    assert Proxies(()).client_of(request) == "127.0.0.1"


async def test_limits_by_address_count_the_client_behind_the_proxy() -> None:
    once = replace(ECHO, rate=Rate(1, per_s=60, by="address"))
    async with served(once, trusted_proxies=("127.0.0.1",)) as client:
        statuses = []
        for who in ("198.51.100.1", "198.51.100.2", "198.51.100.1"):
            async with client.post("/v1/echo", data=b"{}", headers={"X-Forwarded-For": f"1.1.1.1, {who}"}) as answer:
                statuses.append(answer.status)
    assert statuses == [200, 200, 429]
