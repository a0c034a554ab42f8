"""How an organization's nights went, from what was counted; requests of the last minute may be missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

from singr.analytics.shapes import (
    DailyStats,
    HourList,
    NightList,
    Nights,
    PeakHour,
    SongOfNights,
    TopSinger,
    VenueStats,
)
from singr.core import clock, paging
from singr.core.errors import FieldError, NotFound, ValidationFailed
from singr.core.paging import Page
from singr.http.call import Call
from singr.http.reply import Reply
from singr.infra.sql import Many, many
from singr.queue.admission import IS_VENUE
from singr.queue.exports import ROWS_MAX, spreadsheet

DAILY = many("daily_stats", DailyStats)
SONGS = many("top_songs", SongOfNights)
SINGERS = many("top_singers", TopSinger)
HOURS = many("peak_hours", PeakHour)
VENUES = many("venues_compared", VenueStats)

USUAL, MOST = timedelta(days=29), timedelta(days=365)
FIRST = 2**62
Key = Annotated[str, Meta(pattern="^[^\\x00]*$", max_length=2_000)]
Row = TypeVar("Row", bound=Struct)


async def daily_stats(call: Call, *, query: NightList) -> Page[DailyStats] | Reply:
    """Night by night; nights without requests are left out."""
    (after,) = paging.position(query.cursor, tuple[date]) or (date.min,)
    given = await _given(call, query) | {"after": after}
    return await _answer(call, query, DAILY, given, lambda row: (row.night.isoformat(),), "daily-stats")


async def top_songs(call: Call, *, query: NightList) -> Page[SongOfNights] | Reply:
    """Songs, those most asked for first."""
    before, song = paging.position(query.cursor, tuple[paging.Id, Key]) or (FIRST, "")
    given = await _given(call, query) | {"before": before, "before_song": song}
    return await _answer(call, query, SONGS, given, lambda row: (row.requests, row.song), "top-songs")


async def singers(call: Call, *, query: NightList) -> Page[TopSinger] | Reply:
    """Singers by name, those who asked most first."""
    before, singer = paging.position(query.cursor, tuple[paging.Id, Key]) or (FIRST, "")
    given = await _given(call, query) | {"before": before, "before_singer": singer}
    return await _answer(call, query, SINGERS, given, lambda row: (row.requests, row.singer), "singers")


async def venues(call: Call, *, query: NightList) -> Page[VenueStats] | Reply:
    """The organization's venues side by side, the busiest first."""
    before, last = paging.position(query.cursor, tuple[paging.Id, UUID]) or (FIRST, UUID(int=0))
    given = await _given(call, query) | {"before": before, "before_id": last}
    return await _answer(call, query, VENUES, given, lambda row: (row.requests, str(row.venue_id)), "venues")


async def peak_hours(call: Call, *, query: HourList) -> list[PeakHour] | Reply:
    """The hours of the day in a night's order, from five in the morning."""
    rows = await HOURS(call.kit.db, **await _given(call, query), weekday=query.weekday)
    return spreadsheet("peak-hours.csv", _columns(HOURS), rows) if query.format == "csv" else rows


async def _given(call: Call, query: Nights) -> dict[str, Any]:
    """What all of the questions narrow by; raises NotFound for another organization's venue, ValidationFailed."""
    since, until = span(query.since, query.until, clock.now().date())
    if query.venue_id and not await IS_VENUE(call.kit.db, tenant=call.tenant, venue_id=query.venue_id):
        raise NotFound("no such venue")
    return {"tenant": call.tenant, "venue_id": query.venue_id, "since": since, "until": until}


def span(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """The nights that are meant; raises ValidationFailed. Tonight may be tomorrow in UTC."""
    try:
        until = until or (today + timedelta(days=1) if since is None else since + MOST)
        since = since or until - USUAL
    except OverflowError as exc:
        raise ValidationFailed(errors=(FieldError("from", "is too far away"),)) from exc
    if not timedelta() <= until - since <= MOST:
        raise ValidationFailed(errors=(FieldError("to", "at most 366 nights, the first one first"),))
    return since, until


async def _answer(
    call: Call,
    query: NightList,
    read: Many[Row],
    given: dict[str, Any],
    position_of: Callable[[Row], tuple[str | int, ...]],
    name: str,
) -> Page[Row] | Reply:
    if query.format == "csv":
        return spreadsheet(f"{name}.csv", _columns(read), await read(call.kit.db, **given, max_rows=ROWS_MAX))
    return paging.page(await read(call.kit.db, **given, max_rows=query.limit + 1), query.limit, position_of)


def _columns(read: Many[Row]) -> tuple[str, ...]:
    columns: tuple[str, ...] = read.row.__struct_fields__  # type: ignore[attr-defined]
    return columns
