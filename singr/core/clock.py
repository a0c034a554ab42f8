"""The time of day, in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

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


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that IANA name."""
    return name in available_timezones()


def night_began(where: ZoneInfo) -> datetime:
    """When the night that is on there now began: at five in the morning, by the clock on the wall."""
    day = (now().astimezone(where).replace(tzinfo=None) - NIGHT_BEGINS).date()
    return datetime(day.year, day.month, day.day, tzinfo=where) + NIGHT_BEGINS
