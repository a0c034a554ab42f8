"""Why a connection ends: one table for both sides. The slug is also `error.code` and the close frame's reason."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Close(Struct, frozen=True):
    """`then` is what the client does: try again after its back-off, mend the cause first, or stop."""

    code: int
    slug: str
    then: Literal["reconnect", "fix, then reconnect", "stop"]
    meaning: str


LEAVING = Close(1001, "leaving", "reconnect", "the other side goes away")
RESTARTING = Close(1012, "restarting", "reconnect", "this process ends; wait retryMs of the bye message")
TRY_LATER = Close(1013, "try-later", "reconnect", "something we need does not answer")
TOO_SLOW = Close(4001, "too-slow", "reconnect", "unread data for longer than we hold it")
TOO_OLD = Close(4003, "too-old", "reconnect", "connections are renewed now and then; wait retryMs")
SILENT = Close(4008, "silent", "reconnect", "no hello in time, or no pong for three heartbeats")
SIGN_IN = Close(4401, "sign-in", "fix, then reconnect", "the ticket is missing, used, or its session has ended")
TOO_MANY = Close(4429, "too-many-messages", "fix, then reconnect", "more messages than a client needs")
BAD_FRAME = Close(1002, "bad-frame", "stop", "not the WebSocket protocol (RFC 6455)")
NOT_TEXT = Close(1003, "not-text", "stop", "only text messages are spoken here")
BAD_TEXT = Close(1007, "bad-text", "stop", "a text message that is not UTF-8")
TOO_BIG = Close(1009, "too-big", "stop", "a message over 4 KB")
BAD_MESSAGE = Close(4400, "bad-message", "stop", "not one of the messages a client may send")
FORBIDDEN = Close(4403, "forbidden", "stop", "the ticket is for another venue or view")
NOT_FOUND = Close(4404, "not-found", "stop", "no such venue, or it has been removed")
CONFLICT = Close(4409, "conflict", "stop", "more than 16 venues on one connection")

TABLE = (
    LEAVING,
    RESTARTING,
    TRY_LATER,
    TOO_SLOW,
    TOO_OLD,
    SILENT,
    SIGN_IN,
    TOO_MANY,
    BAD_FRAME,
    NOT_TEXT,
    BAD_TEXT,
    TOO_BIG,
    BAD_MESSAGE,
    FORBIDDEN,
    NOT_FOUND,
    CONFLICT,
)
BY_CODE = {row.code: row for row in TABLE}
