"""The client's half of RFC 6455, without I/O: bytes in, whole messages out.

A watcher says little (hello, pong, resync), so this reads masked frames of messages up to 4 KB and refuses the rest:
no extensions, no binary messages. The server's half is `frame.server_frame`.
"""

from __future__ import annotations

from collections.abc import Iterator

from singr.realtime.close import BAD_FRAME, BAD_TEXT, NOT_TEXT, TOO_BIG, Close
from singr.realtime.frame import CLOSE, FINAL, PING, PONG, TEXT

MESSAGE_MAX = 4096
CONTROL_MAX = 125
FRAGMENTS_MAX = 64
SIZE_FOLLOWS = 126
CONTINUATION, BINARY = 0x0, 0x2
RESERVED_BITS = 0x70
MASKED = 0x80
CONTROLS = frozenset((CLOSE, PING, PONG))
# Section 7.4: codes an endpoint may send; 3000-4999 are for libraries and applications.
CLOSE_CODES = frozenset((1000, 1001, 1002, 1003, *range(1007, 1015)))


class Violation(Exception):
    """The client broke the protocol; `close` says how the connection ends."""

    def __init__(self, close: Close) -> None:
        super().__init__(close.slug)
        self.close = close


class Reader:
    """Collects one connection's frames. Holds at most a message and the beginning of a frame."""

    __slots__ = ("_fragments", "_rest", "_text")

    def __init__(self) -> None:
        self._rest = b""
        self._text = b""
        self._fragments = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Whole messages as (opcode, payload): TEXT (checked UTF-8), PING, PONG, CLOSE.

        Raises Violation, after which the reader is of no more use.
        """
        buffer, at = self._rest + data, 0
        while (found := self._frame_at(buffer, at)) is not None:
            mask_at, end = found
            payload = unmask(buffer[mask_at : mask_at + 4], buffer[mask_at + 4 : end])
            head, at = buffer[at], end
            if (opcode := head & 0x0F) in CONTROLS:
                yield opcode, _checked_close(payload) if opcode == CLOSE else payload
            elif (text := self._joined(head, payload)) is not None:
                yield TEXT, _checked_text(text)
        self._rest = buffer[at:]

    def _frame_at(self, buffer: bytes, at: int) -> tuple[int, int] | None:
        """Where the mask and where the end of the frame at `at` are; None when it has not arrived whole."""
        if len(buffer) < at + 2:
            return None
        size, mask_at = buffer[at + 1] & 0x7F, at + 2
        self._check_header(buffer[at], buffer[at + 1], size)
        if size == SIZE_FOLLOWS:
            if len(buffer) < at + 4:
                return None
            size, mask_at = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
        elif size > SIZE_FOLLOWS:
            raise Violation(TOO_BIG)
        if size > MESSAGE_MAX:
            raise Violation(TOO_BIG)
        end = mask_at + 4 + size
        return (mask_at, end) if end <= len(buffer) else None

    def _check_header(self, head: int, second: int, size: int) -> None:
        opcode = head & 0x0F
        if head & RESERVED_BITS or not second & MASKED:
            raise Violation(BAD_FRAME)
        if opcode in CONTROLS:
            if size > CONTROL_MAX or not head & FINAL:
                raise Violation(BAD_FRAME)
        elif opcode == BINARY:
            raise Violation(NOT_TEXT)
        elif opcode not in (TEXT, CONTINUATION) or (opcode == CONTINUATION) is not (self._fragments > 0):
            raise Violation(BAD_FRAME)

    def _joined(self, head: int, payload: bytes) -> bytes | None:
        """The message this frame completes."""
        text = self._text + payload
        if len(text) > MESSAGE_MAX or self._fragments >= FRAGMENTS_MAX:
            raise Violation(TOO_BIG)
        if head & FINAL:
            self._text, self._fragments = b"", 0
            return text
        self._text, self._fragments = text, self._fragments + 1
        return None


def unmask(mask: bytes, payload: bytes) -> bytes:
    """`payload` XOR the repeated four-byte mask (section 5.3); its own inverse."""
    size = len(payload)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


def _checked_text(text: bytes) -> bytes:
    try:
        text.decode()
    except UnicodeDecodeError as exc:
        raise Violation(BAD_TEXT) from exc
    return text


def _checked_close(payload: bytes) -> bytes:
    if not payload:
        return payload
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (code in CLOSE_CODES or 3000 <= code <= 4999):
        raise Violation(BAD_FRAME)
    _checked_text(payload[2:])
    return payload
