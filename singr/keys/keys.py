"""Issuing, rotating, suspending and revoking API keys. Only their SHA-256 is kept; every poll reads how they stand."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec.structs import asdict

from singr.core import clock, paging
from singr.core.errors import Conflict, FieldError, NotFound, ValidationFailed
from singr.core.instants import Instant
from singr.core.paging import Page
from singr.core.secrets import digest
from singr.core.text import clean
from singr.http.call import Call
from singr.infra.sql import many, maybe, value
from singr.keys.shapes import ApiKey, KeyList, KeyPatch, KeyRow, NewKey

PREFIX = "skj_"
SECRET_BYTES = 32
SHOWN_LETTERS = 8
# How long the earlier key goes on working after a rotation.
OVERLAP_S = 600
LIVE_MAX = 100
FIRST = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))

LISTED = many("api_keys_listed", KeyRow)
LIVE = value("api_keys_live", int)
SHOWN = maybe("api_key_shown", KeyRow)
ISSUED = maybe("api_key_issued", KeyRow)
ROTATED = maybe("api_key_rotated", KeyRow)
REVOKED = maybe("api_key_revoked", KeyRow)
TURNED = maybe("api_key_turned", KeyRow)

log = logging.getLogger("singr.security")


class KeyUnusable(Conflict):
    title = "This key is no longer in use"


class TooManyKeys(Conflict):
    title = "You have as many keys as an organization can have"


async def list_own(call: Call, *, query: KeyList) -> Page[ApiKey]:
    """The organization's keys, the newest first; none of them is shown again."""
    at, after = paging.position(query.cursor, tuple[Instant, UUID]) or FIRST
    given = {"tenant": call.tenant, "before": at, "before_id": after, "max_rows": query.limit + 1}
    rows = await LISTED(call.kit.db, **given)
    found = paging.page(rows, query.limit, lambda row: (row.created_at.isoformat(), str(row.id)))
    return Page([shown(row) for row in found.items], found.next_cursor)


async def issue(call: Call, *, body: NewKey) -> ApiKey:
    """Make a key. The answer is the only place where it is shown."""
    description = clean(body.description)
    if not description:
        raise ValidationFailed(errors=(FieldError("description", "must not be empty"),))
    if body.expires_at and body.expires_at <= clock.now():
        raise ValidationFailed(errors=(FieldError("expiresAt", "is in the past"),))
    if await LIVE(call.kit.db, tenant=call.tenant) >= LIVE_MAX:
        raise TooManyKeys(f"at most {LIVE_MAX}: revoke one first")
    key, stored = _made()
    given = {"description": description, "scopes": sorted(set(body.scopes)), "expires_at": body.expires_at}
    row = await ISSUED(call.kit.db, **call.audit, tenant=call.tenant, by_user=call.actor.user_id, **stored, **given)
    if row is None:
        raise NotFound("no such organization")
    _note(call, "API key issued", row)
    return shown(row, key)


async def rotate(call: Call, key_id: UUID) -> ApiKey:
    """A new key in place of one in use, which works for another ten minutes."""
    key, stored = _made()
    given = {"tenant": call.tenant, "by_user": call.actor.user_id, "key_id": key_id, "overlap_s": OVERLAP_S}
    row = await ROTATED(call.kit.db, **call.audit, **given, **stored)
    if row is None:
        found = await _find(call, key_id)
        raise KeyUnusable("it was rotated already" if found.status == "active" else f"it is {found.status}")
    _note(call, "API key rotated", row)
    return shown(row, key)


async def revoke(call: Call, key_id: UUID) -> ApiKey:
    """End a key at once; doing so twice is fine."""
    row = await REVOKED(call.kit.db, **call.audit, tenant=call.tenant, key_id=key_id)
    if row:
        _note(call, "API key revoked", row)
    return shown(row or await _find(call, key_id))


async def change(call: Call, key_id: UUID, *, body: KeyPatch) -> ApiKey:
    """Suspend a key, or let it work again, at once; doing so twice is fine, one that was revoked is a conflict."""
    row = await TURNED(call.kit.db, **call.audit, tenant=call.tenant, key_id=key_id, status=body.status)
    if row:
        _note(call, f"API key {body.status}", row)
        return shown(row)
    found = await _find(call, key_id)
    if found.status == "revoked":
        raise KeyUnusable("it is revoked")
    return shown(found)


def shown(row: KeyRow, key: str | None = None) -> ApiKey:
    given = asdict(row)
    return ApiKey(**given, key=key) if key else ApiKey(**given)


def _note(call: Call, what: str, row: KeyRow) -> None:
    log.info(what, extra={"id": str(row.id), "by": call.actor.id, "tenant": str(call.tenant), "address": call.address})


async def _find(call: Call, key_id: UUID) -> KeyRow:
    found = await SHOWN(call.kit.db, tenant=call.tenant, key_id=key_id)
    if found is None:
        raise NotFound("no such key")
    return found


def _made() -> tuple[str, dict[str, Any]]:
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    return key, {"prefix": key[:SHOWN_LETTERS], "key_hash": digest(key)}
