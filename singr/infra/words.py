"""What a line says to its Redis, and whom it tells what it hears."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Words(Struct, frozen=True):
    """What a Redis calls it. In a cluster a channel has a slot, and only that slot's master tells of it."""

    subscribe: bytes
    unsubscribe: bytes
    publish: str
    message: bytes

    @property
    def subscribed(self) -> bytes:
        return self.subscribe.lower()


PLAIN = Words(b"SUBSCRIBE", b"UNSUBSCRIBE", "PUBLISH", b"message")
SHARDED = Words(b"SSUBSCRIBE", b"SUNSUBSCRIBE", "SPUBLISH", b"smessage")


class Hears(Struct, frozen=True):
    """Who is told: of messages, of all channels being (again) subscribed, of a node that may have lost some."""

    message: Callable[[bytes, bytes], None]
    whole: Callable[[], None]
    doubt: Callable[[], None]
