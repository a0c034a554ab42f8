"""The client's half of RFC 6455: every cut of the same bytes reads the same, everything forbidden is refused."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singr.realtime import frame
from singr.realtime.close import BAD_FRAME, BAD_TEXT, NOT_TEXT, TOO_BIG, Close
from singr.realtime.frame import CLOSE, FINAL, PING, PONG, TEXT
from singr.realtime.rfc6455 import MESSAGE_MAX, Reader, Violation, unmask

MASK = b"\x37\xfa\x21\x3d"

TEXTS = st.text(max_size=MESSAGE_MAX // 4).map(str.encode)
CONTROLS = st.tuples(st.sampled_from([PING, PONG]), st.binary(max_size=125))


def client_frame(opcode: int, payload: bytes = b"", *, head: int | None = None, mask: bytes = MASK) -> bytes:
    """A frame as a client sends it; `head` replaces the first byte."""
    size = len(payload)
    first = FINAL | opcode if head is None else head
    if size < 126:
        return bytes((first, 0x80 | size)) + mask + unmask(mask, payload)
    if size < 1 << 16:
        return bytes((first, 0x80 | 126)) + size.to_bytes(2, "big") + mask + unmask(mask, payload)
    return bytes((first, 0x80 | 127)) + size.to_bytes(8, "big") + mask + unmask(mask, payload)


def fragmented(text: bytes, pieces: int) -> list[bytes]:
    """A text message in several frames."""
    step = len(text) // pieces + 1
    parts = [text[at : at + step] for at in range(0, max(len(text), 1), step)]
    last = len(parts) - 1
    heads = [(0 if n else TEXT) | (FINAL if n == last else 0) for n in range(len(parts))]
    return [client_frame(0, part, head=head) for head, part in zip(heads, parts, strict=True)]


def read(*pieces: bytes) -> list[tuple[int, bytes]]:
    reader = Reader()
    return [message for piece in pieces for message in reader.feed(piece)]


@given(
    st.lists(st.one_of(st.tuples(st.just(TEXT), TEXTS), CONTROLS), max_size=5),
    st.lists(st.integers(0, 20_000), max_size=10),
    st.integers(1, 5),
)
def test_messages_are_read_whatever_the_cut(messages: list[tuple[int, bytes]], cuts: list[int], fragments: int) -> None:
    frames = [
        b"".join(fragmented(payload, fragments)) if opcode == TEXT else client_frame(opcode, payload)
        for opcode, payload in messages
    ]
    stream = b"".join(frames)
    at = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    pieces = [stream[a:b] for a, b in pairwise(at)]
    assert read(*pieces) == messages


@given(st.binary(min_size=4, max_size=4), st.binary(max_size=300))
def test_unmasking_is_the_standards_own_loop(mask: bytes, payload: bytes) -> None:
    assert unmask(mask, payload) == bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


@given(st.lists(st.binary(max_size=2000), max_size=10))
def test_no_bytes_do_more_harm_than_a_violation(pieces: list[bytes]) -> None:
    reader = Reader()
    with suppress(Violation):
        for piece in pieces:
            for opcode, _ in reader.feed(piece):
                assert opcode in (TEXT, PING, PONG, CLOSE)
    assert len(reader._text) <= MESSAGE_MAX


def test_a_control_frame_may_come_between_fragments() -> None:
    first, second = fragmented(b"hello", 2)
    assert read(first, client_frame(PING, b"!"), second) == [(PING, b"!"), (TEXT, b"hello")]


def test_a_message_of_the_largest_size_is_read() -> None:
    text = b"x" * MESSAGE_MAX
    first, second = fragmented(text, 2)
    ping = client_frame(PING, b"p" * 125)
    assert read(client_frame(TEXT, text)) == [(TEXT, text)]
    assert read(first, ping, second) == [(PING, b"p" * 125), (TEXT, text)]


@pytest.mark.parametrize(
    ("stream", "close"),
    [
        (client_frame(TEXT, b"x" * (MESSAGE_MAX + 1)), TOO_BIG),
        (client_frame(TEXT, b"x" * (1 << 16)), TOO_BIG),
        (b"".join(fragmented(b"x" * (MESSAGE_MAX + 1), 3)), TOO_BIG),
        (b"".join(fragmented(b"x" * 4000, 2)[:1]) + client_frame(0, b"", head=0) * 100, TOO_BIG),
        (frame.server_frame(TEXT, b"unmasked"), BAD_FRAME),
        (client_frame(TEXT, b"reserved bit", head=0x80 | 0x40 | TEXT), BAD_FRAME),
        (client_frame(0x3), BAD_FRAME),
        (client_frame(0xB), BAD_FRAME),
        (client_frame(0x2, b"binary"), NOT_TEXT),
        (client_frame(0x0, b"continues nothing"), BAD_FRAME),
        (fragmented(b"hello", 2)[0] + client_frame(TEXT, b"another"), BAD_FRAME),
        (client_frame(PING, b"x" * 126), BAD_FRAME),
        (client_frame(0, b"", head=PING), BAD_FRAME),
        (client_frame(TEXT, b"\xff\xfe"), BAD_TEXT),
        (client_frame(TEXT, "é".encode()[:1]), BAD_TEXT),
        (client_frame(CLOSE, b"\x03"), BAD_FRAME),
        (client_frame(CLOSE, (1005).to_bytes(2, "big")), BAD_FRAME),
        (client_frame(CLOSE, (1000).to_bytes(2, "big") + b"\xff"), BAD_TEXT),
    ],
)
def test_what_the_standard_forbids_is_refused(stream: bytes, close: Close) -> None:
    with pytest.raises(Violation) as caught:
        read(stream)
    assert caught.value.close is close


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4001, 4999])
def test_closing_is_read(code: int) -> None:
    payload = code.to_bytes(2, "big") + b"bye"
    assert read(client_frame(CLOSE, payload)) == [(CLOSE, payload)]


def test_a_server_frame_says_its_size_as_the_standard_wants() -> None:
    assert frame.text_frame(b"x" * 125)[:2] == bytes((0x81, 125))
    assert frame.text_frame(b"x" * 126)[:4] == bytes((0x81, 126, 0, 126))
    assert frame.text_frame(b"x" * 65536)[:10] == bytes((0x81, 127)) + (65536).to_bytes(8, "big")
