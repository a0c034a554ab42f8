"""Counting requests by night, behind the queue's back: the job counts again what has changed since it last looked.

A venue's version moves with each change of its queue, so it says whether there is anything to do; `updated_at` says
which nights. A night is counted anew as a whole, in one transaction with the note of how far that was: running twice,
dying half-way and late changes do no harm.
"""

from __future__ import annotations

import logging
from uuid import UUID

from singr.analytics.shapes import Begun, DueVenue, Night
from singr.core.actor import Actor
from singr.core.errors import Problem
from singr.infra.kit import Kit
from singr.infra.sql import many, maybe, none
from singr.infra.work import Job

log = logging.getLogger("singr.analytics")

DUE = many("summaries_due", DueVenue)
OPENED = none("summary_opened")
BEGUN = maybe("summary_begun", Begun)
NIGHTS = many("summary_nights", Night)
CLEARED = none("summary_cleared")
COUNTED = none("summary_counted")
MARKED = none("summary_marked")

COUNTER = Actor(kind="job", id="count_nights")
AT_ONCE_MAX = 100
# Years of a busy venue, counted for the first time.
COUNT_TIMEOUT_S = 60


async def count_nights(kit: Kit) -> None:
    """Job: bring every venue's counts up to date."""
    after = UUID(int=0)
    while due := await DUE(kit.db, after=after, max_rows=AT_ONCE_MAX):
        for venue in due:
            try:
                await count(kit, venue.id)
            except Problem as problem:
                log.warning("venue not counted", extra={"venue": str(venue.id), "error": problem.detail})
        after = due[-1].id


async def count(kit: Kit, venue_id: UUID) -> None:
    """Count the nights of a venue that have changed, or all after a change of the time zone."""
    async with kit.db.transaction(COUNTER, timeout_s=COUNT_TIMEOUT_S) as tx:
        await OPENED(tx, venue_id=venue_id)
        begun = await BEGUN(tx, venue_id=venue_id)
        if begun is None:  # it is gone, or another worker is at it
            return
        rows = await NIGHTS(tx, venue_id=venue_id, zone=begun.zone, since=begun.since)
        nights = [row.night for row in rows]
        await CLEARED(tx, venue_id=venue_id, nights=nights if begun.since else None)
        await COUNTED(tx, venue_id=venue_id, zone=begun.zone, nights=nights)
        stands = {"epoch": begun.epoch, "version": begun.version, "timezone": begun.timezone}
        await MARKED(tx, venue_id=venue_id, **stands)


JOBS = (Job(COUNTER.id, count_nights, cron="* * * * *"),)
