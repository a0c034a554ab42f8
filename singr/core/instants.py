"""Moments as they come from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

# RFC 3339, with its offset. Year 1 in Tokyo is none in UTC: `outside_time` finds those, for all that is decoded.
Instant = Annotated[datetime, Meta(tz=True)]


def outside_time(value: object, place: str = "") -> str | None:
    """Where in `value` (as msgspec decodes it) a moment has no year from 1 to 9999 in UTC, if one has not."""
    if isinstance(value, datetime):
        return None if _has_a_year(value) else place
    if isinstance(value, Struct):
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        inner = ((f".{shown}", getattr(value, name)) for shown, name in names)
    elif isinstance(value, list | tuple):
        inner = ((f"[{number}]", item) for number, item in enumerate(value))
    else:
        return None
    found = (outside_time(item, place + step) for step, item in inner)
    return next((where for where in found if where is not None), None)


def _has_a_year(at: datetime) -> bool:
    try:
        at.astimezone(UTC)
    except OverflowError:
        return False
    return True
