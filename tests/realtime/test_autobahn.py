"""The cases of the Autobahn testsuite that apply to this server, played on a real socket.

The suite itself needs Python 2. Its fuzzing client talks to an echo server; ours speaks a protocol of its own, so a
text is followed by what it leads to: JSON of ours is answered, any other valid text ends in 4400, which shows that it
was read whole. Numbers are Autobahn's.

    1.1    text frames             here, up to our 4 KB       1.2    binary             not spoken: 1003
    2      pings and pongs         here                       3, 4   reserved           here
    5      fragmentation           here                       6      UTF-8              here; judged at a message's end
    7      closing                 here                       9, 10  large, fast        over 4 KB is 1009
    12, 13 compression             never negotiated: a compressed frame has a reserved bit (3)
"""

from __future__ import annotations

import asyncio
import json

from singr.realtime.frame import CLOSE, FINAL, PING, PONG, TEXT
from tests.realtime.raw import UPGRADE, RawClient
from tests.realtime.stage import Process
from tests.realtime.test_rfc6455 import client_frame

CONTINUATION, BINARY = 0x0, 0x2
HELLO = json.dumps({"type": "hello", "venue": "bar", "view": "display"}).encode()
RESYNC = json.dumps({"type": "resync"}).encode()
NOT_OURS = 4400


def text(payload: bytes) -> bytes:
    return client_frame(TEXT, payload)


def pieces(*parts: bytes, opcode: int = TEXT) -> bytes:
    """One message in so many frames."""
    last = len(parts) - 1
    heads = [(CONTINUATION if n else opcode) | (FINAL if n == last else 0) for n in range(len(parts))]
    return b"".join(client_frame(0, part, head=head) for head, part in zip(heads, parts, strict=True))


def closing(code: int | None = None, reason: bytes = b"") -> bytes:
    return client_frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason)


def ping(payload: bytes = b"") -> bytes:
    return client_frame(PING, payload)


GREEK = "Hello-µ@ßöäüàá-UTF-8!!".encode()
SURROGATE, OVERLONG, TOO_FAR = b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"

# What is sent after hello; the pongs that come back, and the code of the close frame that ends it.
CASES: dict[str, tuple[bytes, list[bytes], int]] = {
    "1.1.1 empty text": (text(b""), [], NOT_OURS),
    "1.1.2 short text": (text(b"*" * 125), [], NOT_OURS),
    "1.1.3 two-byte size": (text(b"*" * 126), [], NOT_OURS),
    "1.1.5 no power of two": (text(b"*" * 128), [], NOT_OURS),
    "1.1.6 over the limit": (text(b"*" * 65535), [], 1009),
    "1.1.7 eight-byte size": (text(b"*" * 65536), [], 1009),
    "1.2.1 binary": (client_frame(BINARY, b""), [], 1003),
    "2.1 empty ping": (ping() + closing(1000), [b""], 1000),
    "2.2 ping with text": (ping(b"Hello, world!") + closing(1000), [b"Hello, world!"], 1000),
    "2.3 ping with bytes": (ping(b"\x00\xff\xfe\xfd") + closing(1000), [b"\x00\xff\xfe\xfd"], 1000),
    "2.4 the largest ping": (ping(b"\xfe" * 125) + closing(1000), [b"\xfe" * 125], 1000),
    "2.5 too large a ping": (ping(b"\xfe" * 126), [], 1002),
    "2.7 unasked pong": (client_frame(PONG) + closing(1000), [], 1000),
    "2.8 unasked pong with text": (client_frame(PONG, b"unasked") + closing(1000), [], 1000),
    "2.9 unasked pong, then ping": (client_frame(PONG, b"unasked") + ping(b"!") + closing(1000), [b"!"], 1000),
    "2.10 many pings": (ping(b"0") + ping(b"1") + ping(b"2") + closing(1000), [b"0", b"1", b"2"], 1000),
    "3.1 first reserved bit": (client_frame(TEXT, b"*", head=FINAL | 0x40 | TEXT), [], 1002),
    "3.2 second, after a text": (text(RESYNC) + client_frame(TEXT, b"*", head=FINAL | 0x20 | TEXT), [], 1002),
    "3.4 third, before a ping": (client_frame(TEXT, b"*", head=FINAL | 0x10 | TEXT) + ping(), [], 1002),
    "3.6 all, in a ping": (client_frame(PING, b"*", head=FINAL | 0x70 | PING), [], 1002),
    "3.7 all, in a close": (client_frame(CLOSE, b"", head=FINAL | 0x70 | CLOSE), [], 1002),
    **{f"4.1 opcode {n}": (client_frame(n, b"reserved"), [], 1002) for n in range(3, 8)},
    **{f"4.2 opcode {n}": (client_frame(n, b"reserved"), [], 1002) for n in range(11, 16)},
    "5.1 fragmented ping": (pieces(b"a", b"b", opcode=PING), [], 1002),
    "5.2 fragmented pong": (pieces(b"a", b"b", opcode=PONG), [], 1002),
    "5.3 two fragments": (pieces(b"fragment1", b"fragment2"), [], NOT_OURS),
    "5.6 ping in between": (
        client_frame(0, b"first", head=TEXT) + ping(b"!") + client_frame(0, b"second", head=FINAL), [b"!"], NOT_OURS
    ),
    "5.9 continues nothing": (client_frame(CONTINUATION, b"*"), [], 1002),
    "5.10 continues nothing, unfinished": (client_frame(0, b"*", head=CONTINUATION), [], 1002),
    "5.15 continues what has ended": (pieces(b"a", b"b") + client_frame(CONTINUATION, b"c"), [], NOT_OURS),
    "5.18 a text within a text": (client_frame(0, b"a", head=TEXT) + text(b"b"), [], 1002),
    "5.19 pings in between": (
        client_frame(0, b"1", head=TEXT) + client_frame(0, b"2", head=CONTINUATION) + ping(b"!")
        + client_frame(0, b"3", head=CONTINUATION) + ping(b"?") + client_frame(0, b"4", head=FINAL),
        [b"!", b"?"], NOT_OURS,
    ),
    "6.1.1 nothing": (text(b""), [], NOT_OURS),
    "6.1.2 nothing in three": (pieces(b"", b"", b""), [], NOT_OURS),
    "6.1.3 something in the middle": (pieces(b"", b"middle", b""), [], NOT_OURS),
    "6.2.1 valid": (text(GREEK), [], NOT_OURS),
    "6.2.2 cut at a character": (pieces(GREEK[:8], GREEK[8:]), [], NOT_OURS),
    "6.2.3 cut everywhere": (pieces(*(GREEK[n : n + 1] for n in range(len(GREEK)))), [], NOT_OURS),
    "6.3.1 surrogate": (text(GREEK + SURROGATE + b"edited"), [], 1007),
    "6.3.2 surrogate, cut everywhere": (pieces(*(bytes([b]) for b in GREEK + SURROGATE + b"edited")), [], 1007),
    "6.5 beyond Unicode": (text(TOO_FAR), [], 1007),
    "6.6.1 unfinished": (text(b"\xce"), [], 1007),
    "6.6.2 finished": (text(b"\xce\xba"), [], NOT_OURS),
    "6.12 impossible bytes": (text(b"\xfe\xfe\xff\xff"), [], 1007),
    "6.13 lonely start": (text(bytes(range(0xC0, 0xE0))), [], 1007),
    "6.15 many unfinished": (text(b"\xc0\xe0\x80\xf0\x80\x80"), [], 1007),
    "6.17 overlong": (text(OVERLONG), [], 1007),
    "6.21 paired surrogates": (text(b"\xed\xa0\x80\xed\xb0\x80"), [], 1007),
    "6.22 noncharacters": (text("\ufffe\uffff".encode()), [], NOT_OURS),
    "7.1.1 message, close": (text(RESYNC) + closing(1000), [], 1000),
    "7.1.2 two closes": (closing(1000) + closing(1000), [], 1000),
    "7.1.3 ping after close": (closing(1000) + ping(), [], 1000),
    "7.1.4 text after close": (closing(1000) + text(b"*"), [], 1000),
    "7.1.5 close within a message": (client_frame(0, b"*", head=TEXT) + closing(1000), [], 1000),
    "7.3.1 no code": (closing(), [], 1000),
    "7.3.2 half a code": (client_frame(CLOSE, b"a"), [], 1002),
    "7.3.3 a code": (closing(1000), [], 1000),
    "7.3.4 a reason": (closing(1000, b"Hello World!"), [], 1000),
    "7.3.5 the longest reason": (closing(1000, b"*" * 123), [], 1000),
    "7.3.6 too long a reason": (closing(1000, b"*" * 124), [], 1002),
    "7.5.1 a reason that is no text": (closing(1000, b"\xce\xba\xed\xa0\x80"), [], 1007),
    **{f"7.7 code {c}": (closing(c), [], c) for c in (1001, 1002, 1003, *range(1007, 1012), 3000, 3999, 4000, 4999)},
    **{f"7.9 code {c}": (closing(c), [], 1002) for c in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999)},
    **{f"7.13 code {c}": (closing(c), [], 1002) for c in (5000, 65535)},
    "9.3 large in fragments": (pieces(*[b"*" * 1024] * 5), [], 1009),
    "9.5 large in crumbs": (pieces(*[b"*"] * 100), [], 1009),
}  # fmt: skip


async def test_every_case_that_applies(one: Process) -> None:
    """All at once: most wait for the server to give up on a client that it no longer hears."""
    outcomes = await asyncio.gather(*(played(one, sent) for sent, _, _ in CASES.values()))
    for (name, (_, pongs, code)), outcome in zip(CASES.items(), outcomes, strict=True):
        assert outcome == (pongs, code), name
    assert not one.hub.watchers


async def played(one: Process, sent: bytes) -> tuple[list[bytes], int]:
    """The pongs and the close code that come back; the connection must then be ended by the server."""
    client = await RawClient.connect(one.url)
    try:
        await client.ask(UPGRADE)
        client.writer.write(text(HELLO))
        client.writer.write(sent)
        pongs: list[bytes] = []
        while True:
            opcode, payload = await client.frame()
            if opcode == PONG:
                pongs.append(payload)
            elif opcode == CLOSE:
                client.writer.write(closing(1000))
                await _ended(client)
                return pongs, int.from_bytes(payload[:2], "big")
            else:
                assert opcode == TEXT
                assert json.loads(payload)["type"]
    finally:
        client.close()


async def _ended(client: RawClient) -> None:
    """Nothing follows a close frame but the end."""
    async with asyncio.timeout(30):
        try:
            assert await client.reader.read() == b""
        except ConnectionError:
            return
