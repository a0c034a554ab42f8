"""Our half of RFC 6455 beside the library `websockets`: the same octets mean the same to both."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from singr.realtime import frame
from singr.realtime.close import NOT_TEXT, TOO_BIG
from singr.realtime.frame import CLOSE, FINAL, PING, PONG, TEXT
from singr.realtime.rfc6455 import FRAGMENTS_MAX, MESSAGE_MAX, Reader, Violation
from tests.realtime.test_rfc6455 import client_frame

CONTINUATION, BINARY = 0x0, 0x2
Messages = list[tuple[int, bytes]]

HEADS = st.sampled_from(
    [TEXT, FINAL | TEXT, CONTINUATION, FINAL | CONTINUATION, FINAL | PING, FINAL | PONG, FINAL | CLOSE]
)
PAYLOADS = st.binary(max_size=140) | st.text(max_size=60).map(str.encode)
CODES = st.integers(0, 5100).map(lambda code: code.to_bytes(2, "big") + b"why")
FRAMES = st.builds(lambda head, payload: client_frame(0, payload, head=head), HEADS, PAYLOADS)
CLOSES = st.builds(lambda payload: client_frame(CLOSE, payload), CODES | st.binary(max_size=4))
ODD = st.builds(lambda head, payload: client_frame(0, payload, head=head), st.integers(0, 255), PAYLOADS)
STREAMS = st.lists(st.one_of(FRAMES, FRAMES, FRAMES, CLOSES, ODD, st.binary(max_size=8)), max_size=8).map(b"".join)


def ours(pieces: list[bytes]) -> tuple[Messages, Violation | None]:
    """What our reader makes of it, up to a close frame."""
    reader, found = Reader(), []
    try:
        for piece in pieces:
            for message in reader.feed(piece):
                found.append(message)
                if message[0] == CLOSE:
                    return found, None
    except Violation as violation:
        return found, violation
    return found, None


def theirs(pieces: list[bytes]) -> tuple[Messages, int | None, bool]:
    """What the library makes of it: messages joined, the code with which it fails the connection, and whether a message
    was unfinished then."""
    protocol = ServerProtocol(state=OPEN, max_size=MESSAGE_MAX)
    for piece in pieces:
        protocol.receive_data(piece)
    found: Messages = []
    text, unfinished = b"", False
    for event in protocol.events_received():
        assert isinstance(event, Frame)
        if event.opcode in (Opcode.TEXT, Opcode.CONT, Opcode.BINARY):
            text, unfinished = text + event.data, not event.fin
            if event.fin:
                found.append((TEXT, bytes(text)))
                text = b""
        else:
            found.append((int(event.opcode), bytes(event.data)))
    failed = protocol.close_sent.code if protocol.close_sent and protocol.parser_exc is not None else None
    return found, failed, unfinished


def is_text(octets: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        octets.decode()
        return True
    return False


@settings(max_examples=400, deadline=None)
@given(STREAMS, st.lists(st.integers(0, 1200), max_size=4))
@example(client_frame(CLOSE, (1005).to_bytes(2, "big")), [])
@example(client_frame(TEXT, b"x" * 4096), [])
def test_the_same_octets_mean_the_same_to_both(stream: bytes, cuts: list[int]) -> None:
    at = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    pieces = [stream[a:b] for a, b in pairwise(at)]
    read, violation = ours(pieces)
    wanted, failed, unfinished = theirs(pieces)
    if violation is None and failed is not None:  # closing within an unfinished message: section 5.4 lets it
        assert unfinished
        assert read[-1][0] == CLOSE
        assert read[:-1] == wanted
        return
    if violation is None:
        assert read == wanted
        return
    assert read == wanted[: len(read)]
    if failed is None and (refused := wanted[len(read) :]):
        # We refuse more (binary messages, many fragments, texts that are none: they judge those later), and sooner:
        # what nothing was read of, they have not seen whole.
        assert violation.close in (NOT_TEXT, TOO_BIG) or not is_text(refused[0][1])


@settings(deadline=None)
@given(st.lists(st.binary(max_size=70_000) | st.binary(max_size=200), max_size=3))
def test_what_we_send_they_read(payloads: list[bytes]) -> None:
    client = ClientProtocol(parse_uri("ws://x/"), state=OPEN, max_size=None)
    client.receive_data(b"".join(frame.text_frame(payload) for payload in payloads))
    assert [event.data for event in client.events_received() if isinstance(event, Frame)] == payloads
    client.receive_data(frame.close_frame(4001, "too-slow"))
    assert client.close_rcvd is not None
    assert (client.close_rcvd.code, client.close_rcvd.reason) == (4001, "too-slow")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=900), max_size=5), st.booleans())
def test_what_they_send_we_read(texts: list[str], fragmented: bool) -> None:
    client = ClientProtocol(parse_uri("ws://x/"), state=OPEN)
    for text in texts:
        octets = text.encode()
        if fragmented:
            client.send_text(octets[:7], fin=False)
            client.send_continuation(octets[7:], fin=True)
        else:
            client.send_text(octets)
        client.send_ping(b"still there?")
    read, violation = ours(client.data_to_send())
    assert violation is None
    assert [payload for opcode, payload in read if opcode == TEXT] == [text.encode() for text in texts]
    assert sum(opcode == PING for opcode, _ in read) == len(texts)


def test_only_so_many_fragments_are_kept() -> None:
    crumbs = client_frame(0, b"x", head=TEXT) + client_frame(0, b"x", head=CONTINUATION) * FRAGMENTS_MAX
    _, violation = ours([crumbs])
    assert violation is not None
    assert violation.close is TOO_BIG
