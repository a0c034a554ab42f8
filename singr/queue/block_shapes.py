"""Blocks as hosts set and see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from singr.core.instants import Instant
from singr.core.paging import Limit
from singr.queue.shapes import FilterText, Name


class NewBlock(Struct, rename="camel", forbid_unknown_fields=True):
    """One of `requestId` (whoever asked for it), `device` and `account` (as requests show them) and `singerName`
    (whoever asks under it). Without `until` and `minutes` it lasts until the night ends."""

    request_id: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    device: FilterText | None = None
    account: FilterText | None = None
    singer_name: Name | None = None
    until: Instant | None = None
    minutes: Annotated[int, Meta(ge=1, le=527_040)] | None = None
    reason: Annotated[str, Meta(max_length=200)] | None = None


class BlockList(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None


class Block(Struct, rename="camel"):
    """`singerName` is the name a host knew them by; a block by name has neither `device` nor `account`. `reason` is for
    hosts: the blocked do not read it."""

    id: UUID
    venue_id: UUID
    singer_name: str
    device: str | None
    account: str | None
    reason: str | None
    created_at: datetime
    until: datetime


class BlockRow(Struct):
    id: UUID
    tenant: UUID
    venue_id: UUID
    device_id: str | None
    user_id: UUID | None
    singer_name: str
    reason: str | None
    created_at: datetime
    until: datetime


class BlockTarget(Struct):
    """Who asked for a request."""

    device: str | None
    account: UUID | None
    singer_name: str


class BlockId(Struct):
    id: UUID
