"""Requests as singers, hosts and watchers see them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from singr.core.instants import Instant
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


class RequestFor(NewRequest, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a host enters for a singer."""

    venue_id: UUID


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


class HostRequest(Request, kw_only=True):
    """A request as its hosts see it. `device` and `account` are the organization's names for the phone and the account
    that asked, the same for all of their requests; `alsoAskedAs` are other names under which that phone had asked at
    the venue within the day before. Live views have no `account`."""

    device: str | None
    account: str | UnsetType | None
    also_asked_as: list[str]


class Receipt(Request):
    """What a guest gets: the request, and the token that follows and withdraws it."""

    tracking_token: str = ""


class Settle(Struct, rename="camel", forbid_unknown_fields=True):
    """A host's decision. A reason is only given with a rejection."""

    status: Literal["processed", "rejected"]
    reject_reason: Annotated[str, Meta(max_length=200)] | None = None


class SettleMany(Settle, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """One decision about up to a hundred requests."""

    ids: Annotated[list[Annotated[int, Meta(ge=1, le=2**63 - 1)]], Meta(min_length=1, max_length=100)]


class SettledMany(Struct, rename="camel"):
    """Those that were waiting and are decided now; the others had been settled before, or are not yours."""

    settled: list[int]


class VenueChoice(Struct, rename="camel", forbid_unknown_fields=True):
    venue_id: UUID


class Seen(Struct, rename="camel", forbid_unknown_fields=True):
    """The console has shown every waiting request of the venue up to `upTo`."""

    venue_id: UUID
    up_to: Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Cleared(Struct, rename="camel"):
    cleared: int


class RequestFilter(Struct, rename="camel", kw_only=True):
    """Without `venueId` all venues count. `singer` stands anywhere in the name, `q` in name, artist or title; `from`
    and `to` bound the time of the request, `to` excluded; `device` and `account` are names that requests came with."""

    venue_id: UUID | None = None
    status: Status | Literal["all"] = "all"
    singer: FilterText | None = None
    words: FilterText | None = field(default=None, name="q")
    since: Instant | None = field(default=None, name="from")
    until: Instant | None = field(default=None, name="to")
    device: FilterText | None = None
    account: FilterText | None = None


class RequestList(RequestFilter, rename="camel", kw_only=True):
    """`status` defaults to those waiting."""

    status: Status | Literal["all"] = "pending"
    order: Literal["oldest", "newest"] = "oldest"
    limit: Limit = 20
    cursor: str | None = None


class Export(RequestFilter, rename="camel", kw_only=True):
    """What to export: one venue's requests, whatever became of them."""

    venue_id: UUID


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
