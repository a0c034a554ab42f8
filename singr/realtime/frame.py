"""One message in both wire forms, each built at most once however many watchers get it."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from singr.realtime import messages
from singr.realtime.messages import FromServer

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FINAL = 0x80


class Form(IntEnum):
    """How a connection wants its messages."""

    WEBSOCKET = 0
    EVENTS = 1


class Frame:
    """`message` encoded. `wire(form)` gives the bytes to write."""

    __slots__ = ("_json", "_position", "_type", "_wires")

    def __init__(self, message: FromServer) -> None:
        self._json = messages.encode(message)
        self._type = type_of(message)
        self._position = _position(message)
        self._wires: list[bytes | None] = [None, None]

    def wire(self, form: Form) -> bytes:
        wire = self._wires[form]
        if wire is None:
            wire = text_frame(self._json) if form is Form.WEBSOCKET else self._event()
            self._wires[form] = wire
        return wire

    def _event(self) -> bytes:
        return b"%sevent: %s\ndata: %s\n\n" % (self._position, self._type.encode(), self._json)


def type_of(message: FromServer) -> str:
    """The `type` a message goes by."""
    tag: str = message.__struct_config__.tag  # type: ignore[assignment]
    return tag


def _position(message: Struct) -> bytes:
    """The event id with which `Last-Event-ID` resumes; only where a client's state has moved."""
    if isinstance(message, messages.Snapshot | messages.Delta):
        return b"id: %s:%d\n" % (message.epoch.encode(), message.version)
    return b""


def text_frame(payload: bytes) -> bytes:
    """An unmasked final text frame (RFC 6455, section 5.2)."""
    return server_frame(TEXT, payload)


def server_frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((FINAL | opcode, size)) + payload
    if size < 1 << 16:
        return bytes((FINAL | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((FINAL | opcode, 127)) + size.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str) -> bytes:
    return server_frame(CLOSE, code.to_bytes(2, "big") + reason.encode())
