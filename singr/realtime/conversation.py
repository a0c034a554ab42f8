"""What a WebSocket client says, answered in order and one thing at a time. A silent client costs no task."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from uuid import UUID

import msgspec

from singr.core import clock
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, NotFound, Problem
from singr.http.call import Call
from singr.realtime import messages
from singr.realtime.close import (
    BAD_MESSAGE,
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    RESTARTING,
    SIGN_IN,
    TOO_MANY,
    TRY_LATER,
    Close,
)
from singr.realtime.frame import CLOSE, PING, PONG, TEXT, server_frame
from singr.realtime.hub import Hub
from singr.realtime.messages import Auth, FromClient, Hello, Pong, Resync
from singr.realtime.open_room import OpenRoom
from singr.realtime.rfc6455 import Reader, Violation
from singr.realtime.state import Position, holder_of
from singr.realtime.tickets import Ticket, redeem
from singr.realtime.watcher import Watcher
from singr.telemetry import metrics

log = logging.getLogger("singr.realtime")

VENUES_MAX = 16
NORMAL_CLOSURE = 1000


class Refused(Exception):
    """A message that is not granted; `close` says why."""

    def __init__(self, close: Close) -> None:
        super().__init__(close.slug)
        self.close = close


class Conversation:
    """Reads one connection. `_waiting` holds what is being answered and what came meanwhile; None when idle."""

    __slots__ = ("_call", "_filled_at", "_hub", "_reader", "_tokens", "_waiting", "_watcher")

    def __init__(self, hub: Hub, call: Call, watcher: Watcher) -> None:
        self._hub, self._call, self._watcher = hub, call, watcher
        self._reader = Reader()
        self._tokens = float(hub.tempo.message_burst)
        self._filled_at = asyncio.get_running_loop().time()
        self._waiting: deque[FromClient] | None = None

    def received(self, data: bytes) -> None:
        """Bytes from the client, cut anywhere."""
        watcher = self._watcher
        try:
            for opcode, payload in self._reader.feed(data):
                if opcode == CLOSE:
                    watcher.close_as_asked(int.from_bytes(payload[:2], "big") or NORMAL_CLOSURE)
                elif not watcher.ended:
                    self._take(opcode, payload)
                if watcher.deaf:
                    return
        except Violation as violation:
            self._fail(violation.close)

    def _take(self, opcode: int, payload: bytes) -> None:
        if not self._within_limit():
            self._fail(TOO_MANY)
        elif opcode == PING:
            self._watcher.transport.write(server_frame(PONG, payload))
        elif opcode == TEXT:
            self._hear(payload)

    def _fail(self, why: Close) -> None:
        """A client that does not keep to the protocol is not listened to any more."""
        self._watcher.end(why, messages.Error(why.slug))
        self._watcher.stop_listening()

    def _within_limit(self) -> bool:
        """A sign of life, and one token of the client's bucket."""
        tempo, now = self._hub.tempo, asyncio.get_running_loop().time()
        earned = (now - self._filled_at) * tempo.messages_per_s
        self._tokens = min(self._tokens + earned, tempo.message_burst) - 1
        self._watcher.heard_at = self._filled_at = now
        return self._tokens >= 0

    def _hear(self, text: bytes) -> None:
        try:
            message = messages.decode(text)
        except msgspec.MsgspecError:
            self._fail(BAD_MESSAGE)
            return
        if isinstance(message, Pong):
            self._measure(message)
            return
        if self._waiting is None:
            self._waiting = deque([message])
            self._hub.run(self._answer_all(self._waiting))
        else:
            self._waiting.append(message)

    def _measure(self, pong: Pong) -> None:
        """A pong tells one version, so it says something only where one venue is shown."""
        if pong.version is not None and len(self._watcher.seats) == 1:
            metrics.STALENESS.observe(self._watcher.seats[0].room.age_s(pong.version))

    async def _answer_all(self, waiting: deque[FromClient]) -> None:
        while waiting and not self._watcher.ended:
            await self._answer(waiting.popleft())
        self._waiting = None

    async def _answer(self, message: FromClient) -> None:
        try:
            async with asyncio.timeout(self._hub.tempo.answer_s):
                await self._grant(message)
        except Refused as refused:
            why = refused.close
        except NotFound:
            why = NOT_FOUND
        except AuthenticationFailed:
            why = SIGN_IN
        except AuthorizationDenied:
            why = FORBIDDEN
        except (Problem, TimeoutError):
            why = TRY_LATER
        except Exception:
            log.exception("a message could not be answered")
            why = TRY_LATER
        else:
            return
        self._watcher.refuse(why, getattr(message, "venue", None) or msgspec.UNSET)

    async def _grant(self, message: FromClient) -> None:
        if isinstance(message, Hello):
            await self._seat(message)
        elif isinstance(message, Auth):
            await self._renew(message)
        elif isinstance(message, Resync):
            for seat in self._watcher.seats:
                if message.venue in (None, seat.venue):
                    seat.room.show_all(seat)

    async def _seat(self, hello: Hello) -> None:
        """Who looks at which venue, and from where on."""
        if self._hub.draining:
            raise Refused(RESTARTING)
        venue_id = await self._hub.names.find(hello.venue)
        if venue_id is None:
            raise Refused(NOT_FOUND)
        ticket = await self._admitted(hello, venue_id)
        if len({*(seat.room.venue_id for seat in self._watcher.seats), venue_id}) > VENUES_MAX:
            self._fail(CONFLICT)
            return
        since = Position(hello.epoch, hello.version) if hello.epoch and hello.version is not None else None
        room = await self._hub.rooms.enter(venue_id, since)
        if not self._watcher.ended:
            self._sit(room, ticket, hello.venue, since)

    async def _admitted(self, hello: Hello, venue_id: UUID) -> Ticket:
        """What lets them look: their ticket, or what it would say of who signed the handshake in."""
        if hello.view == "display":
            return Ticket(venue_id, "display")
        actor = self._call.actor
        if hello.ticket is None and actor.expires_at > clock.now().timestamp():
            viewer = await self._hub.source.admit(self._call, venue_id, hello.view)
            return Ticket(venue_id, viewer.view, viewer.owners, actor.expires_at, holder_of(actor))
        ticket = await self._redeem(hello.ticket)
        if (ticket.venue_id, ticket.view) != (venue_id, hello.view):
            raise Refused(FORBIDDEN)
        return ticket

    def _sit(self, room: OpenRoom, ticket: Ticket, venue: str, since: Position | None = None) -> None:
        self._hub.sit(
            self._watcher,
            room,
            ticket.viewer,
            venue=venue,
            expires_at=ticket.expires_at,
            holder=ticket.holder,
            since=since,
        )

    async def _renew(self, auth: Auth) -> None:
        """A longer stay, or more of one's own: whoever owns other requests than before starts from a snapshot."""
        ticket = await self._redeem(auth.ticket)
        for seat in self._watcher.seats:
            if (seat.room.venue_id, seat.viewer.view) != (ticket.venue_id, ticket.view):
                continue
            if seat.viewer == ticket.viewer:
                seat.renew(ticket.expires_at, ticket.holder)
                seat.ready()
            else:
                self._sit(seat.room, ticket, seat.venue)
            return
        raise Refused(FORBIDDEN)

    async def _redeem(self, text: str | None) -> Ticket:
        ticket = await redeem(self._call.kit.redis, text) if text else None
        if ticket is None:
            raise Refused(SIGN_IN)
        return ticket
