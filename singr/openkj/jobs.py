"""A serial moved later: the client that missed what it announced may ask another process next."""

from __future__ import annotations

from uuid import UUID

from singr.core.actor import Actor
from singr.core.errors import UpstreamUnavailable
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.infra.sql import none
from singr.infra.work import Job
from singr.openkj import presence

MOVE_SERIAL = "move_owed_serial"
AGAIN_S = 5
TRIES_MAX = 720  # an hour

MOVE = none("openkj_serial_owed")


async def move_owed_serial(kit: Kit, *, tenant: str, tries: int = 1) -> None:
    """Job posted when getRequests or getVenues failed: moves the tenant's serial as soon as the database answers."""
    call = Call(Actor(kind="job", id=MOVE_SERIAL), kit)
    try:
        await MOVE(kit.db, **call.audit, tenant=UUID(tenant))
    except UpstreamUnavailable:
        if tries < TRIES_MAX:
            await kit.jobs.post(MOVE_SERIAL, after_s=AGAIN_S, tenant=tenant, tries=tries + 1)


JOBS = (Job(MOVE_SERIAL, move_owed_serial), presence.JOB)
