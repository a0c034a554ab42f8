"""The rows of the job table that identity owns."""

from __future__ import annotations

from singr.identity import links
from singr.infra.kit import Kit
from singr.infra.work import Job


async def forget_links(kit: Kit) -> None:
    """Job: forget the tokens that nobody used in time."""
    await links.FORGET(kit.db)


JOBS = (Job("forget_links", forget_links, cron="17 * * * *"),)
