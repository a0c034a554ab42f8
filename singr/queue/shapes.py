"""Requests as singers see them and watchers are told of them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from singr.core.paging import Limit

Status = Literal["pending", "processed", "rejected", "withdrawn"]
# Bounds on what is stored; empty texts are refused after cleaning (queue.requests).
Name = Annotated[str, Meta(min_length=1, max_length=100)]
SongText = Annotated[str, Meta(min_length=1, max_length=255)]
FilterText = Annotated[str, Meta(min_length=1, max_length=200)]


class NewRequest(Struct, rename="camel", forbid_unknown_fields=True):
    """What a singer asks for. With `songId` artist and title come from the venue's catalogue. `keyChange` is in
    half-tones. `allowDuplicate` asks for a song although the same one is still waiting."""

    singer_name: Name
    artist: SongText | None = None
    title: SongText | None = None
    key_change: Annotated[int, Meta(ge=-12, le=12)] = 0
    notes: Annotated[str, Meta(max_length=500)] | None = None
    song_id: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    allow_duplicate: bool = False


class EditRequest(Struct, rename="camel", forbid_unknown_fields=True):
    """What changes of a waiting request; the rest stays. Another song is named by `songId`, or by artist and title."""

    singer_name: Name | UnsetType = UNSET
    artist: SongText | UnsetType = UNSET
    title: SongText | UnsetType = UNSET
    key_change: Annotated[int, Meta(ge=-12, le=12)] | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=500)] | UnsetType | None = UNSET
    song_id: Annotated[int, Meta(ge=1, le=2**63 - 1)] | UnsetType = UNSET
    allow_duplicate: bool = False


class RequestRow(Struct):
    """The columns of every statement that gives requests."""

    id: int
    number: int
    venue_id: UUID
    singer_name: str
    artist: str
    title: str
    key_change: int
    notes: str | None
    status: str
    reject_reason: str | None
    processed_via: str | None
    seen_at: datetime | None
    requested_at: datetime
    processed_at: datetime | None
    device_id: str | None
    user_id: UUID | None
    tenant: UUID
    also_asked_as: list[str]


class ChangedRequest(RequestRow):
    """A request after a change, and the change's place in its venue's stream."""

    epoch: str
    version: int


class SubmittedRequest(ChangedRequest):
    position: int


class Request(Struct, rename="camel"):
    """One request. `position` counts from 1 among those waiting; `version` is the venue's stream at that moment."""

    id: int
    request_number: int
    venue_id: UUID
    singer_name: str
    artist: str
    title: str
    key_change: int
    notes: str | None
    status: str
    reject_reason: str | None
    processed_via: str | None
    seen_at: datetime | None
    requested_at: datetime
    processed_at: datetime | None
    position: int | UnsetType = UNSET
    version: int | UnsetType = UNSET


class Receipt(Request):
    """What a guest gets: the request, and the token that follows and withdraws it."""

    tracking_token: str = ""


class Tonight(Struct, rename="camel"):
    """The newest request first."""

    limit: Limit = 20
    cursor: str | None = None


class AskedTonightRow(Struct):
    id: int
    artist: str
    title: str
    is_waiting: bool


class AskedTonight(Struct, rename="camel"):
    """A song that waits or was sung tonight."""

    artist: str
    title: str
    is_waiting: bool


class Song(Struct):
    artist: str
    title: str


class Refusal(Struct):
    """Whether the venue is open and the singer blocked there, and the house rule that is against a request: how many
    seconds yet, where known."""

    accepting: bool
    blocked: bool
    rule: str | None
    wait_s: float | None


class Swap(Struct):
    """The house rule against another song, and whether the venue takes the same song twice from a singer."""

    rule: str | None
    takes_duplicates: bool


class Locked(Struct):
    venue_id: UUID


class Answered(Struct):
    """An idempotency key's record: what was asked (hashed) and what identifies the answer."""

    fingerprint: str
    answer: dict[str, int]


class VenueKey(Struct):
    """A venue and whose it is."""

    id: UUID
    tenant: UUID


class Addressee(Struct):
    """Whom a request was sent to."""

    tenant: UUID
    url_name: str


class RequestState(Struct):
    status: str
