"""Nonsense, sent to every route: a clear refusal, never a failure of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from yarl import URL

from singr import table
from singr.core.settings import Settings
from singr.http.route import Row, parameters
from singr.infra.limits import Rate
from tests import databases
from tests.house import House, opened

TEXTS = ["%00", "%ff", "%ed%a0%80", "9" * 40, "9" * 18, "-1", "x" * 2000, "%2e%2e%2f", "'", "%25", "%F0%9F%92%A5"]
BODIES = [b"\x00", b"[" * 5000, b'{"a":' * 500, b'"\\u0000"', b"9" * 400, b"null", b"{}"]
NOBODY = "\x00@x"

# Live connections do not end by themselves; their own tests send them nonsense.
ROWS = [row for row in table.ROUTES if not row.path.startswith("/v1/live")]
PATHS = ("/v1/public/venues/test-karaoke-bar", "/v1/auth/profile", "/metrics", "/v1/nothing", "/readyz")

in_this_module = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def own_url(postgres_url: str, demo_template: str) -> Iterator[str]:
    with databases.copied(postgres_url, demo_template) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(own_url: str, _redis_of_worker: str) -> AsyncIterator[House]:
    """One API process for all of it, which limits nobody."""
    rows = [replace(row, rate=Rate(10**6, per_s=1, by=row.rate.by, inside=row.rate.inside)) for row in table.ROUTES]
    async with opened(Settings(database_url=own_url, redis_url=_redis_of_worker, singr_env="test"), rows) as one:
        yield one


def nonsense(row: Row) -> list[str]:
    """Paths and queries of nonsense for a row."""
    paths = [row.path.format(**dict.fromkeys(parameters(row.path), text)) for text in TEXTS]
    names = getattr(row.query, "__struct_encode_fields__", ("limit", "cursor", "venueId"))
    return sorted({*paths, *(f"{paths[-1]}?{name}={text}" for name in names for text in TEXTS)})


async def failure(house: House, row: Row, url: str, **given: Any) -> str | None:
    """What we sent, if the answer was a failure of ours."""
    async with house.client.request(row.method, URL(url, encoded=True), allow_redirects=False, **given) as answer:
        return f"{answer.status} for {url} {given.get('data', '')}" if answer.status >= 500 else None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@in_this_module
async def test_nonsense_is_no_failure_of_ours(row: Row, house: House) -> None:
    headers = await house.sign_in()
    bodies = BODIES if row.method in {"POST", "PUT", "PATCH"} else []
    tried = [await failure(house, row, url, headers=headers) for url in nonsense(row)]
    tried += [await failure(house, row, nonsense(row)[0], data=body, headers=headers) for body in bodies]
    assert [found for found in tried if found] == []


@in_this_module
async def test_a_nul_in_an_address_signs_nobody_in(house: House) -> None:
    status, problem = await house.call("POST", "/v1/auth/signin", json={"email": NOBODY, "password": "x"})
    assert (status, problem["errors"][0]["field"]) == (422, "email")


@pytest.mark.parametrize(
    "line",
    [
        b"Authorization: Bearer \xff",
        b"Authorization: Bearer a.b.c",
        b"Authorization: Bearer " + b"x" * 4000,
        b"Authorization: Basic abc",
        b"Cookie: singr_device=\xff.x; \xfe=1",
        b"X-Singr-Device: \xff.\xff",
        b"If-None-Match: \xff",
        b"X-Request-Id: \xff\xff\xff\xff\xff\xff\xff\xff",
        b"X-Forwarded-For: \xff",
        b"Origin: null",
    ],
    ids=lambda line: line[:30].decode(errors="replace"),
)
@in_this_module
async def test_nonsense_in_a_header_is_no_failure_of_ours(line: bytes, house: House) -> None:
    for path in PATHS:
        reader, writer = await asyncio.open_connection(house.client.server.host, house.client.server.port)
        writer.write(f"GET {path} HTTP/1.0\r\nHost: x\r\n".encode() + line + b"\r\n\r\n")
        async with asyncio.timeout(30):
            answer = await reader.read()
        writer.close()
        assert answer.split()[1] < b"500", answer
