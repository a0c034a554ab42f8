"""Requests as hosts enter, decide, look for and see them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, UnsetType, field

from singr.core.instants import Instant
from singr.core.paging import Limit
from singr.queue.shapes import FilterText, NewRequest, Request, Status


class RequestFor(NewRequest, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a host enters for a singer."""

    venue_id: UUID


class HostRequest(Request, kw_only=True):
    """A request as its hosts see it. `device` and `account` are the organization's names for the phone and the account
    that asked, the same for all of their requests; `alsoAskedAs` are other names under which that phone had asked at
    the venue within the day before. Live views have no `account`."""

    device: str | None
    account: str | UnsetType | None
    also_asked_as: list[str]


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
