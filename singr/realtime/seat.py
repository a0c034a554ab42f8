"""A watcher's place in one room."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from singr.realtime import messages
from singr.realtime.frame import Frame
from singr.realtime.state import Holder, Position, Viewer
from singr.realtime.watcher import Watcher

if TYPE_CHECKING:
    from singr.realtime.open_room import OpenRoom


class Seat:
    """`venue` is the name the client used; `expires_at` (Unix seconds, 0 for never) when its right to look ends, or
    earlier with the session of its `holder`."""

    __slots__ = (
        "_missed",
        "expires_at",
        "heartbeat_s",
        "holder",
        "room",
        "slot",
        "venue",
        "viewer",
        "warned",
        "watcher",
    )

    def __init__(self, watcher: Watcher, room: OpenRoom, viewer: Viewer, venue: str, heartbeat_s: float) -> None:
        self.watcher, self.room, self.viewer = watcher, room, viewer
        self.venue, self.heartbeat_s = venue, heartbeat_s
        self.slot: set[Seat] = set()
        self._missed = False
        self.renew(0)

    def renew(self, expires_at: float, holder: Holder | None = None) -> None:
        self.expires_at, self.holder = expires_at, holder
        self.warned = False

    def welcome(self, since: Position | None) -> None:
        """`ready`, then what the watcher has missed since `since`, or the snapshot."""
        self.ready()
        for frame in self.room.audience.missed(self.viewer, since):
            self.show(frame)

    def ready(self) -> None:
        watcher, view = self.watcher, self.viewer.view
        watcher.say(messages.Ready(watcher.connection, self.venue, view, self.heartbeat_s, self.expires))

    @property
    def expires(self) -> datetime | None:
        return datetime.fromtimestamp(self.expires_at, UTC) if self.expires_at else None

    def show(self, frame: Frame) -> bool:
        """Write a frame, or remember that one was skipped; whether it was written."""
        watcher = self.watcher
        if watcher.behind:
            self._missed = True
            return False
        watcher.transport.write(frame.wire(watcher.form))
        return True

    def mention(self, frame: Frame) -> None:
        """Write a heartbeat or a notice; one that a slow client does not get is no loss."""
        if not self.watcher.behind:
            self.show(frame)

    def refresh(self) -> None:
        """The watcher has caught up: if frames were skipped, one snapshot makes up for all."""
        if self._missed:
            self._missed = False
            self.room.show_all(self)
