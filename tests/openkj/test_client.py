"""The double of OpenKJ's client behaves as the observed programs do, against a server with no manners."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.openkj import library
from tests.openkj.client import Agent, OpenKJ
from tests.openkj.qt import parse, to_array, to_bool, to_int, to_json, to_string

Reply = bytes | None


@asynccontextmanager
async def server(reply: Callable[[int], Reply]) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on a port that answers its n-th call with `reply(n)`, or hangs up on None; and what it was sent."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                heard.append(head + await reader.readexactly(length))
                answer = reply(len(heard))
                if answer is None:
                    return
                writer.write(answer)
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1], heard


def http(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status.encode(), len(body), body)


async def told(reply: Callable[[int], Reply], work: Callable[[OpenKJ], Awaitable[Any]]) -> OpenKJ:
    async with server(reply) as (port, _):
        client = OpenKJ("127.0.0.1", port, "/", "KEY", 7)
        await work(client)
        await client.close()
        return client


async def test_a_call_has_the_observed_bytes() -> None:
    async with server(lambda _: http(b"{}")) as (port, heard):
        client = OpenKJ("127.0.0.1", port, "/api.php", "KEY", 7)
        await client.ask("setAccepting", venue_id=7, accepting=False, system_id=1)
        await client.close()
    body = (
        '{\n    "accepting": false,\n    "api_key": "KEY",\n    "command": "setAccepting",\n'
        '    "system_id": 1,\n    "venue_id": 7\n}\n'
    )
    assert heard == [
        (
            f"POST /api.php HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: Keep-Alive\r\nAccept-Encoding: gzip, deflate\r\n"
            f"Accept-Language: en,*\r\nUser-Agent: Mozilla/5.0\r\n\r\n{body}"
        ).encode()
    ]


def test_json_is_written_as_qt_writes_it() -> None:
    written = to_json({"songs": [{"title": 'a/"b"\x01\n', "artist": "José 山田 🎤"}], "empty": []})
    assert written.decode() == (
        '{\n    "empty": [\n    ],\n    "songs": [\n        {\n            "artist": "José 山田 🎤",\n'
        '            "title": "a/\\"b\\"\\u0001\\n"\n        }\n    ]\n}\n'
    )


@pytest.mark.parametrize(
    ("value", "read"),
    [(5, 5), (5.0, 5), (1e3, 1000), ("5", 0), (5.5, 0), (2**31, 0), (-(2**31), -(2**31)), (True, 0), (None, 0)],
)
def test_integers_are_read_as_qt_reads_them(value: object, read: int) -> None:
    assert to_int(value) == read


def test_other_values_are_read_as_qt_reads_them() -> None:
    assert [to_bool(v) for v in (True, False, 1, "true", None)] == [True, False, False, False, False]
    assert [to_string(v) for v in ("a", 1999, None)] == ["a", "", ""]
    assert [to_array(v) for v in ([1], {"a": 1}, None)] == [[1], [], []]


@pytest.mark.parametrize("body", [b"", b"[1]", b"<br>{}", b'{"a":1} x', b'{"a":"\xff"}', b'{"a":NaN}', b"null"])
def test_a_body_that_is_not_one_object_is_an_empty_one(body: bytes) -> None:
    assert parse(body) == {}


def test_a_byte_order_mark_and_white_space_are_fine() -> None:
    assert parse(b'\xef\xbb\xbf \r\n{"a": 1, "a": 2}\n') == {"a": 2}


async def test_a_post_is_repeated_once_when_the_server_hangs_up() -> None:
    async with server(lambda n: None if n < 3 else http(b"{}")) as (port, heard):
        client = OpenKJ("127.0.0.1", port, "/", "KEY")
        await client.tick()
        assert (len(heard), client.log) == (2, ["network error"])
        assert heard[0] == heard[1]
        await client.tick()
        await client.close()
        assert (len(heard), client.log) == (3, ["network error"])


async def test_the_body_of_an_error_status_is_not_read() -> None:
    body = b'{"command":"getSerial","error":false,"serial":5}'
    client = await told(lambda _: http(body, "404 Not Found"), lambda c: c.tick())
    assert (client.serial, client.log) == (0, ["network error 404"])


async def test_a_redirect_is_not_followed() -> None:
    client = await told(lambda _: http(b"", "302 Found"), lambda c: c.tick())
    assert (client.serial, client.log, client.manager.posts) == (0, [], 1)


async def test_an_answer_without_its_command_is_dropped() -> None:
    client = await told(lambda _: http(b'{"error":false,"serial":5}'), lambda c: c.tick())
    assert client.serial == 0


async def test_an_error_that_is_a_text_is_read_as_success() -> None:
    body = b'{"command":"getRequests","error":"true","errorString":"no"}'

    async def refresh_one(client: OpenKJ) -> None:
        client.rows = [(1, "a", "b", "c", 5)]  # type: ignore[list-item]
        await client.ask("getRequests", venue_id=7)

    client = await told(lambda _: http(body), refresh_one)
    assert client.rows == []


async def test_an_empty_venue_list_loses_the_operators_choice() -> None:
    async def lose(client: OpenKJ) -> None:
        client.venues = [(7, "a", "b", True)]  # type: ignore[list-item]
        await client.ask("getVenues")

    client = await told(lambda n: http(b'{"command":"getVenues"}' if n == 1 else b"{}"), lose)
    assert client.venue_id == 0


@pytest.mark.parametrize("songs", [0, 1, 999, 1000, 1001, 2001, 2002, 2496, 5000])
def test_openkj_sends_the_observed_documents(songs: int) -> None:
    rows = library.of(songs)
    documents = list(library.documents_of_openkj(rows))
    assert len(documents) == (songs + 1) // 1001 + 1
    assert len(documents[-1]) < 1000
    sent = [(song["artist"], song["title"]) for document in documents for song in reversed(document)]
    assert sent == library.sent_by_openkj(rows)
    assert len(sent) == songs - songs // 1001


@pytest.mark.parametrize(("songs", "documents"), [(0, 0), (1, 1), (1000, 1), (1001, 2), (2000, 2)])
def test_agent_sends_the_observed_documents(songs: int, documents: int) -> None:
    sent = list(library.documents_of_agent(library.of(songs)))
    assert (len(sent), sum(map(len, sent))) == (documents, songs)


async def test_agent_asks_for_three_venues_in_parallel() -> None:
    venues = http(b'{"command":"getVenues","venues":[{"venue_id":3,"name":"A"},{"venue_id":7,"name":"B"}]}')
    async with server(lambda n: venues if n == 1 else http(b"{}")) as (port, heard):
        client = Agent("127.0.0.1", port, "/", "KEY", 7)
        await client.ask("getVenues")
        await client.close()
    asked = [parse(call.split(b"\r\n\r\n", 1)[1]) for call in heard]
    assert sorted(call["venue_id"] for call in asked if call["command"] == "getRequests") == [0, 3, 7]
