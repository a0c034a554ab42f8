"""Every message of the live protocol, by direction. JSON text, camelCase, named by `type`; SSE sends the same objects.

A client keeps `epoch` and `version`. It applies a delta whose `prev` is its version, ignores one that is not newer,
and asks for a snapshot (`resync`, or reconnecting) on anything else. An epoch belongs to one venue, so on a connection
that shows several venues it tells which one a message is about; the snapshot that begins an epoch follows a `ready`,
which names the venue. The order of `requests` in a snapshot is the queue's; ops say what an entry is, not where it
stands. Where a venue keeps a rotation, `venue.rotation` says in which order singers come up: to hosts for all entries
(`order`), to everybody for those who come soon (`next`), and who sings `now`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

View = Literal["host", "singer", "display"]
VIEWS: tuple[View, ...] = ("host", "singer", "display")

VenueName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\ud800-\udfff]+$")]
TicketText = Annotated[str, Meta(min_length=1, max_length=100)]
Epoch = Annotated[str, Meta(min_length=1, max_length=40)]
Version = Annotated[int, Meta(ge=0)]


class Upsert(Struct, frozen=True, tag_field="op", tag="upsert", rename="camel"):
    """The entry `id` is now `request`, whatever it was before."""

    id: int | str
    request: Raw


class Remove(Struct, frozen=True, tag_field="op", tag="remove", rename="camel"):
    """The entry is gone. Hosts and its owner are told how it ended where that is known."""

    id: int | str
    request: Raw | UnsetType = UNSET


class Venue(Struct, frozen=True, tag_field="op", tag="venue", rename="camel"):
    """The venue itself is now `venue`."""

    venue: Raw


Op = Upsert | Remove | Venue


class Ready(Struct, frozen=True, tag_field="type", tag="ready", rename="camel"):
    """The answer to hello and auth. A snapshot, or the delta that was missed, follows where there is one.

    `heartbeat_s` is how often to expect a sign of life; `expires_at` when this view must be renewed by `auth`.
    """

    connection: str
    venue: str
    view: View
    heartbeat_s: float
    expires_at: datetime | None = None


class Snapshot(Struct, frozen=True, tag_field="type", tag="snapshot", rename="camel"):
    """All there is to see at `version`; replaces whatever the client held."""

    epoch: str
    version: int
    venue: Raw
    requests: list[Raw]


class Delta(Struct, frozen=True, tag_field="type", tag="delta", rename="camel"):
    """What changed from `prev` to `version`. `ops` is empty when none of it is for this view."""

    epoch: str
    prev: int
    version: int
    ops: list[Op]


class Heartbeat(Struct, frozen=True, tag_field="type", tag="heartbeat", rename="camel", omit_defaults=True):
    """A sign of life with the newest version. `stale`: the database could not be asked lately, say so."""

    epoch: str
    version: int
    stale: bool = False


NoticeKind = Literal["accepted", "dealt", "rejected", "upNext", "position", "venueClosed"]


class Notice(Struct, frozen=True, tag_field="type", tag="notice", rename="camel", omit_defaults=True):
    """News for one singer, told once, as it happens, to wherever they watch; who is away then finds the same in the
    state, which counts.

    About the own entry `id`: accepted, dealt (with it in OpenKJ, which tells no more), rejected for a `reason`,
    position (now the `position`-th that waits, or that comes up where the venue keeps a rotation) or upNext (now the
    first). Without an `id`, venueClosed: nothing more is
    taken, what waits goes on waiting.
    """

    epoch: str
    kind: NoticeKind
    id: int | str | None = None
    position: int | None = None
    reason: str | None = None


class AuthDue(Struct, frozen=True, tag_field="type", tag="authDue", rename="camel"):
    """The view of `venue` ends at `expires_at` unless an `auth` with a fresh ticket comes first."""

    venue: str
    expires_at: datetime


class Bye(Struct, frozen=True, tag_field="type", tag="bye", rename="camel"):
    """The connection is about to be closed; come back in `retry_ms`."""

    retry_ms: int


class Error(Struct, frozen=True, tag_field="type", tag="error", rename="camel"):
    """What was wrong; `code` is a slug of the close table, `venue` what the message was about."""

    code: str
    venue: str | UnsetType = UNSET


class Hello(Struct, frozen=True, tag_field="type", tag="hello", rename="camel"):
    """Watch `venue`, its urlName or its id, as `view`. `epoch` and `version` are what the client already shows, to be
    told only the rest."""

    venue: VenueName
    view: View
    ticket: TicketText | None = None
    epoch: Epoch | None = None
    version: Version | None = None


class Auth(Struct, frozen=True, tag_field="type", tag="auth", rename="camel"):
    """A fresh ticket for a view already shown on this connection."""

    ticket: TicketText


class Resync(Struct, frozen=True, tag_field="type", tag="resync", rename="camel"):
    """Send the snapshot again: of `venue`, or of all this connection shows."""

    venue: VenueName | None = None


class Pong(Struct, frozen=True, tag_field="type", tag="pong", rename="camel"):
    """The answer to a heartbeat: this client lives and shows `version`. One every 15 s is enough for all venues."""

    version: Version | None = None


FromServer = Ready | Snapshot | Delta | Heartbeat | Notice | AuthDue | Bye | Error
FromClient = Hello | Auth | Resync | Pong

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(FromClient).decode
