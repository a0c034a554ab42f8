"""Alerts long over are dropped."""

from __future__ import annotations

from singr.core.actor import Actor
from singr.infra.kit import Kit
from singr.infra.sql import none
from singr.infra.work import Job

JANITOR = Actor(kind="job", id="forget_old_alerts")
KEEP_DAYS = 7
FORGET_MAX = 1_000

FORGET = none("alerts_forgotten")


async def forget_old_alerts(kit: Kit) -> None:
    """Drop alerts whose window ended more than 7 days ago."""
    forgotten = FORGET_MAX
    while forgotten == FORGET_MAX:
        async with kit.db.transaction(JANITOR) as tx:
            forgotten = await FORGET(tx, keep_days=KEEP_DAYS, max_rows=FORGET_MAX)


JOBS = (Job(JANITOR.id, forget_old_alerts, cron="37 * * * *"),)
