"""Bodies: what cannot be read is told, what does not end is ended."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from singr.http import decode
from tests.http.stage import ECHO, TELL, Client, served, slug

BAD = [
    (b"{", "", "the body is not valid JSON"),
    (b"", "", "the body is not valid JSON"),
    (b'{"text": 1}', "text", "the body is not valid"),
    (b'{"nope": "x"}', "", "the body is not valid"),
    (b"[]", "", "the body is not valid"),
]


@pytest.mark.parametrize(("body", "field", "detail"), BAD)
async def test_a_body_that_is_not_what_was_asked_names_the_place(body: bytes, field: str, detail: str) -> None:
    async with served(ECHO) as client, client.post("/v1/echo", data=body) as answer:
        problem = await answer.json()
        assert (answer.status, slug(problem), problem["detail"]) == (422, "validation-error", detail)
        assert [error["field"] for error in problem["errors"]] == [field]


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 500


async def test_a_huge_body_that_does_not_say_so_is_refused_on_the_way() -> None:
    async with served(ECHO) as client:
        async with client.post("/v1/echo", data=chunks(2)) as answer:
            assert answer.status == 422
        async with client.post("/v1/echo", data=chunks(3)) as answer:
            assert (answer.status, slug(await answer.json())) == (413, "payload-too-large")


async def raw(client: Client, *parts: bytes) -> bytes:
    """The answer to these bytes; we send no more, and do not hang up either."""
    reader, writer = await asyncio.open_connection(client.server.host, client.server.port)
    try:
        async with asyncio.timeout(30):
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.readuntil(b"}")
    finally:
        writer.close()


HEAD = b"POST /v1/echo HTTP/1.1\r\nHost: x\r\n"


async def test_a_body_that_never_arrives_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "BODY_TIMEOUT_S", 0.01)
    async with served(ECHO) as client:
        answer = await raw(client, HEAD + b"Content-Length: 20\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert b"did not arrive in time" in answer


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nxxxx",
        b"Content-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nxxxx\r\n0\r\n\r\n",
    ],
)
async def test_a_body_that_is_not_encoded_as_it_says_is_no_fault_of_ours(rest: bytes) -> None:
    async with served(ECHO) as client:
        answer = await raw(client, HEAD + rest)
    assert answer.split()[1] in (b"400", b"422")


async def test_what_unpacks_to_more_than_the_limit_is_refused() -> None:
    packed = gzip.compress(b" " * 100_000)
    assert len(packed) < 1000
    unpack = {"Content-Encoding": "gzip"}
    async with served(ECHO) as client, client.post("/v1/echo", data=packed, headers=unpack) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("key", ["with space", "ümlaut", "x" * 201, ""])
async def test_a_malformed_idempotency_key_is_told(key: str) -> None:
    async with served(TELL) as client, client.get("/v1/tell", headers={"Idempotency-Key": key}) as answer:
        problem = await answer.json()
        assert answer.status == 422
        assert problem["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("key", ["a", "x" * 200, "7f1c-~!"])
async def test_an_idempotency_key_reaches_the_handler(key: str) -> None:
    async with served(TELL) as client, client.get("/v1/tell", headers={"Idempotency-Key": key}) as answer:
        seen: dict[str, Any] = await answer.json()
        assert seen["key"] == key
