"""One watcher's connection after aiohttp: a protocol without a task, a queue or a parser of its own.

Nothing is queued for a slow client. While more than `Tempo.buffer_max` is unsent the watcher is `behind`: its frames
are skipped and its seats marked. Once everything has left, marked seats get the newest snapshot; after
`Tempo.behind_s` the connection is closed.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Protocol, cast

from msgspec import UNSET, UnsetType

from singr.realtime import messages
from singr.realtime.close import Close
from singr.realtime.frame import Form, Frame, close_frame
from singr.realtime.takeover import bound_kernel

if TYPE_CHECKING:
    from singr.realtime.hub import Hub
    from singr.realtime.seat import Seat


class Talk(Protocol):
    """What reads a client's bytes."""

    def received(self, data: bytes) -> None: ...


class Watcher(asyncio.Protocol):
    """`head` is the response's head; `heard_at` and `rotate_at` are loop times. Event streams have no `talk`."""

    __slots__ = (
        "_head",
        "_hub",
        "behind",
        "connection",
        "ended",
        "form",
        "heard_at",
        "rotate_at",
        "seats",
        "talk",
        "transport",
    )
    transport: asyncio.Transport

    def __init__(self, hub: Hub, form: Form, head: bytes) -> None:
        self._hub = hub
        self._head = head
        self.form = form
        self.talk: Talk | None = None
        self.connection = secrets.token_hex(6)
        self.seats: tuple[Seat, ...] = ()
        self.behind = False
        self.ended = False
        self.heard_at = self.rotate_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        bound_kernel(self.transport, dead_after_s=self._hub.tempo.silence_s)
        self.transport.set_write_buffer_limits(high=self._hub.tempo.buffer_max, low=0)
        self.transport.write(self._head)
        self._head = b""
        self._hub.arrived(self)

    def data_received(self, data: bytes) -> None:
        if self.talk is not None:
            self.talk.received(data)

    @property
    def deaf(self) -> bool:
        return self.talk is None

    def stop_listening(self) -> None:
        """Leave in the kernel whatever the client still says."""
        self.talk = None
        self.transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self.talk = None
        self._hub.left(self)

    def pause_writing(self) -> None:
        self.behind = True
        self._hub.fell_behind(self)

    def resume_writing(self) -> None:
        for seat in self.seats:
            seat.room.flush()  # while we still skip: what is being gathered would follow a gap
        self.behind = False
        self._hub.drained(self)
        for seat in self.seats:
            seat.refresh()

    def say(self, message: messages.FromServer) -> None:
        """Send a message to this watcher alone."""
        if not self.ended:
            self.transport.write(Frame(message).wire(self.form))

    def refuse(self, why: Close, venue: str | UnsetType = UNSET) -> None:
        """Tell an error. What concerns `venue` ends, and the connection too unless it shows something else."""
        error = messages.Error(why.slug, venue)
        if all(seat.venue == venue for seat in self.seats):
            self.end(why, error)
            return
        self.say(error)
        for seat in self.seats:
            if seat.venue == venue:
                self._hub.vacate(seat)

    def end(self, why: Close, *last_words: messages.FromServer) -> None:
        """Say the last words and close. The connection is cut when that takes longer than `Tempo.goodbye_s`."""
        if self.ended:
            return
        for message in last_words:
            self.say(message)
        self.ended = True
        self._hub.ending(self, why)
        if self.form is Form.WEBSOCKET:
            self.transport.write(close_frame(why.code, why.slug))
        else:
            self.transport.close()
        asyncio.get_running_loop().call_later(self._hub.tempo.goodbye_s, self.transport.abort)

    def close_as_asked(self, code: int) -> None:
        """The client closes, or answers our close: echo its code unless we spoke first (RFC 6455, section 5.5.1)."""
        if not self.ended:
            self.ended = True
            self.transport.write(close_frame(code, ""))
        self.transport.close()
