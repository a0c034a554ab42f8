"""Moments as they come from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

# RFC 3339, with its offset. Year 1 in Tokyo is none in UTC: `outside_time` finds those, for all that is decoded.
Instant = Annotated[datetime, Meta(tz=True)]


def outside_time(value: object, place: str = "") -> str | None:
    """Where in `value` (as msgspec decodes it) a moment has no year from 1 to 9999 in UTC, if one has not."""
    if isinstance(value, datetime):
        return None if _has_a_year(value) else place
    if isinstance(value, Struct):
        if not _has_moments(type(value)):
            return None
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        inner = ((f".{shown}", getattr(value, name)) for shown, name in names)
    elif isinstance(value, list | tuple):
        inner = ((f"[{number}]", item) for number, item in enumerate(value))
    else:
        return None
    found = (outside_time(item, place + step) for step, item in inner)
    return next((where for where in found if where is not None), None)


@cache
def _has_moments(shape: type[Struct]) -> bool:
    return b'"date-time"' in msgspec.json.encode(msgspec.json.schema(shape))


def _has_a_year(at: datetime) -> bool:
    try:
        at.astimezone(UTC)
    except OverflowError:
        return False
    return True
