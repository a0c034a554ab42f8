"""Whose calls limits by address count together: an IPv4 address alone, of IPv6 what one line is given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from singr.http import endpoint
from singr.http.address import network
from singr.infra.limits import Rate
from tests.http.stage import ECHO, GUEST, Client, served

ONE = Rate(1, per_s=60, by="address")
HOME = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::7", "2001:db8:1:3::1"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_an_address_belongs_to_its_line(address: str, counted: str) -> None:
    assert network(address) == counted


@asynccontextmanager
async def behind_proxy(row: object) -> AsyncIterator[Client]:
    async with served(row, trusted_proxies=("127.0.0.1",)) as client:  # type: ignore[arg-type]
        yield client


async def from_(client: Client, path: str, address: str) -> int:
    async with client.post(path, data=b"{}", headers={"X-Forwarded-For": address}) as answer:
        return answer.status


async def test_another_address_of_the_same_line_is_no_new_caller() -> None:
    async with behind_proxy(replace(ECHO, rate=ONE)) as client:
        assert [await from_(client, "/v1/echo", address) for address in HOME] == [200, 429, 200]


@pytest.mark.parametrize("backstop", ["ADDRESS_BACKSTOP", "NEW_DEVICES"])
async def test_the_backstops_count_the_line_too(backstop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, backstop, ONE)
    async with behind_proxy(GUEST) as client:
        assert [await from_(client, "/v1/public/guest", address) for address in HOME] == [200, 429, 200]
