"""The time of day, in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from singr.core.errors import FieldError, ValidationFailed

# The tz database's placeholders, which browsers do not know.
NOT_EVERYWHERE = {"Factory", "localtime"}
# A night belongs to the day on which it began.
NIGHT_BEGINS = timedelta(hours=5)


def now() -> datetime:
    return datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name; UTC for an unknown one, as the database's `night_began` does."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, or no name of one
        return ZoneInfo("UTC")


def check_zone(name: str, field: str) -> None:
    """Raises ValidationFailed where there is no time zone of that IANA name."""
    if name not in _zones():
        raise ValidationFailed(errors=(FieldError(field, "an IANA name: America/New_York"),))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - NOT_EVERYWHERE


def night_began(where: ZoneInfo) -> datetime:
    """When the night that is on there now began: at five in the morning, by the clock on the wall."""
    day = (now().astimezone(where).replace(tzinfo=None) - NIGHT_BEGINS).date()
    return datetime(day.year, day.month, day.day, tzinfo=where) + NIGHT_BEGINS
