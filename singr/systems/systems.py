"""Systems by their OpenKJ number: listed, counted, and made when OpenKJ first names one."""

from __future__ import annotations

from uuid import UUID

from singr.core import paging
from singr.core.errors import ValidationFailed
from singr.core.paging import Page
from singr.http.call import Call
from singr.infra.sql import Runs, many, none, value
from singr.systems.shapes import System, SystemList

NUMBER_MAX = 999

LISTED = many("systems_listed", System)
HIGHEST = value("system_highest", int)
KNOWN = value("system_known", bool)
OPEN = none("system_opened")


async def list_own(call: Call, *, query: SystemList) -> Page[System]:
    """The organization's systems with the sizes of their song books, in OpenKJ's numbering."""
    after = paging.position(query.cursor, tuple[paging.Id])
    rows = await LISTED(call.kit.db, tenant=call.tenant, after=after[0] if after else 0, max_rows=query.limit + 1)
    return paging.page(rows, query.limit, lambda system: (system.id,))


async def highest(on: Runs, tenant: UUID) -> int:
    """The highest number in use, at least 1: the maximum of OpenKJ's *System ID* box, which clamps what is stored."""
    return await HIGHEST(on, tenant=tenant)


async def ensure(call: Call, tenant: UUID, number: int) -> None:
    """Make system `number` if OpenKJ names it for the first time: refusing would lose a KJ's songs.

    Raises ValidationFailed for numbers that no OpenKJ means (1 to 999 are taken).
    """
    if not 1 <= number <= NUMBER_MAX:
        raise ValidationFailed(f"system_id {number} cannot be used: systems are numbered 1 to {NUMBER_MAX}")
    if not await KNOWN(call.kit.db, tenant=tenant, number=number):
        await OPEN(call.kit.db, **call.audit, tenant=tenant, number=number, name=f"System {number}")
