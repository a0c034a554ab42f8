"""Lists: a limit on every one, and opaque cursors instead of OFFSET."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from singr.core.errors import FieldError, ValidationFailed
from singr.core.instants import outside_time

Item = TypeVar("Item")

Limit = Annotated[int, Meta(ge=1, le=100)]
Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Page(Struct, Generic[Item], rename="camel"):
    """`nextCursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None = None


def cursor(*position: str | int) -> str:
    """An opaque cursor for the last row's sort position."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).rstrip(b"=").decode()


def position(text: str | None, shape: type[Item]) -> Item | None:
    """The sort position inside a cursor, as `shape`; raises ValidationFailed on anything we did not make."""
    if text is None:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=shape)
        if outside_time(found) is not None:
            raise ValueError("no moment of ours")
    except (ValueError, msgspec.MsgspecError) as exc:
        raise ValidationFailed(errors=(FieldError("cursor", "not a cursor of this list"),)) from exc
    return found


def page(rows: list[Item], limit: int, position_of: Callable[[Item], tuple[str | int, ...]]) -> Page[Item]:
    """The first `limit` of rows read with `limit + 1`, with the cursor that continues after them."""
    if len(rows) <= limit:
        return Page(rows)
    return Page(rows[:limit], cursor(*position_of(rows[limit - 1])))
