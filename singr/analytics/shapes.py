"""What is asked about nights, and the answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from singr.core.paging import Limit


class Nights(Struct, rename="camel", kw_only=True):
    """`from` and `to` are nights, both included: a night is the day on which it began, by the venue's clock, so
    01:30 belongs to the evening before. Without them the last 30; at most 366 at a time. Without `venueId` all venues
    count. With `format=csv` up to 10,000 lines for a spreadsheet."""

    venue_id: UUID | None = None
    since: date | None = field(default=None, name="from")
    until: date | None = field(default=None, name="to")
    format: Literal["json", "csv"] = "json"


class NightList(Nights, rename="camel", kw_only=True):
    limit: Limit = 20
    cursor: str | None = None


class HourList(Nights, rename="camel", kw_only=True):
    """`weekday` is the night's, 1 for Monday."""

    weekday: Annotated[int, Meta(ge=1, le=7)] | None = None


class DailyStats(Struct, rename="camel"):
    """One night. `singers` counts names; `meanWaitS` is how long processed requests had waited."""

    night: date
    requests: int
    processed: int
    rejected: int
    withdrawn: int
    singers: int
    mean_wait_s: int | None


class SongOfNights(Struct, rename="camel"):
    """`song` is the same for all spellings of one song."""

    song: str
    artist: str
    title: str
    requests: int
    processed: int
    nights: int


class TopSinger(Struct, rename="camel"):
    """A name, whoever asked under it; `singer` is the same for all of its spellings."""

    singer: str
    singer_name: str
    requests: int
    processed: int
    nights: int


class PeakHour(Struct, rename="camel"):
    """An hour of the wall clock, 0 to 23."""

    hour: int
    requests: int
    processed: int
    mean_wait_s: int | None


class VenueStats(Struct, rename="camel"):
    """`nights` are those with requests."""

    venue_id: UUID
    name: str
    nights: int
    requests: int
    processed: int
    rejected: int
    withdrawn: int
    singers: int
    mean_wait_s: int | None


class DueVenue(Struct):
    id: UUID


class Begun(Struct):
    """Where a venue's stream stands, and since when (None: from the beginning) its nights are to be counted."""

    epoch: str
    version: int
    timezone: str
    zone: str
    since: datetime | None


class Night(Struct):
    night: date
