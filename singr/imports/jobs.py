"""Imports run by workers: posted with the upload, taken up again when a job or its worker was lost."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from singr.core.actor import Actor
from singr.imports import running
from singr.imports.imports import RUN, RUN_TIMEOUT_S
from singr.imports.shapes import Claimed, Waiting
from singr.imports.uploads import UPLOAD_S
from singr.infra.kit import Kit
from singr.infra.sql import many, maybe, none
from singr.infra.work import Job

CLAIM = maybe("import_claimed", Claimed)
WAITING = many("imports_waiting", Waiting)
GIVE_UP = none("import_given_up")
FORGET = none("imports_forgotten")

# A worker says that it lives with each batch, which takes a fraction of a second.
LEASE_S = 20.0
PATIENCE_S = 3.0
ATTEMPTS_MAX = 5
AT_ONCE_MAX = 100
KEEP, KEEP_DAYS, FORGET_MAX = 50, 90, 100
JANITOR = Actor(kind="job", id="forget_old_imports")

log = logging.getLogger("singr.imports")


async def run_import(kit: Kit, *, tenant: str, import_id: int) -> None:
    """Job posted with each upload: reads the file into the book, unless somebody else is at it."""
    job = await claim(kit, UUID(tenant), import_id)
    if job is None:
        return
    try:
        await running.run(kit, job)
    except running.NotOurs:
        log.info("import given up", extra={"import": import_id, "attempt": job.attempt})


async def claim(kit: Kit, tenant: UUID, import_id: int) -> Claimed | None:
    """Take an import that waits or whose worker has died, to work on it."""
    async with kit.db.transaction(Actor(kind="job", id=RUN)) as tx:
        return await CLAIM(tx, tenant=tenant, import_id=import_id, lease_s=LEASE_S)


async def resume_imports(kit: Kit) -> None:
    """Sweep: posts again what a lost job or a dead worker has left behind; after five attempts it has failed."""
    for waiting in await WAITING(kit.db, lease_s=LEASE_S, patience_s=PATIENCE_S, max_rows=AT_ONCE_MAX):
        given: dict[str, Any] = {"tenant": str(waiting.tenant), "import_id": waiting.id}
        if waiting.attempts < ATTEMPTS_MAX:
            await kit.jobs.post(RUN, key=f"import:{waiting.id}:{waiting.attempts}", timeout_s=RUN_TIMEOUT_S, **given)
            continue
        async with kit.db.transaction(Actor(kind="job", id="resume_imports")) as tx:
            await GIVE_UP(tx, tenant=waiting.tenant, import_id=waiting.id, attempts=ATTEMPTS_MAX)


async def forget_old_imports(kit: Kit) -> None:
    """Drop finished imports beyond an organization's newest 50, those older than 90 days, and uploads that stopped."""
    forgotten = FORGET_MAX
    while forgotten == FORGET_MAX:
        async with kit.db.transaction(JANITOR) as tx:
            given = {"keep": KEEP, "keep_days": KEEP_DAYS, "upload_s": 2 * UPLOAD_S}
            forgotten = await FORGET(tx, **given, max_rows=FORGET_MAX)


JOBS = (
    Job(RUN, run_import),
    Job("resume_imports", resume_imports, cron="* * * * * */5"),
    Job(JANITOR.id, forget_old_imports, cron="47 * * * *"),
)
