"""Making, renaming and removing systems. OpenKJ chooses a system by its number, from 1 to how many there are."""

from __future__ import annotations

import asyncpg

from singr.core.errors import Conflict, FieldError, NotConfirmed, NotFound, ValidationFailed
from singr.core.text import clean
from singr.http import kept
from singr.http.call import Call
from singr.infra.sql import maybe, none
from singr.systems.shapes import Confirm, MadeSystem, System, SystemName, TakenAlong
from singr.systems.systems import NUMBER_MAX

SHOWN = maybe("system_shown", System)
ADDED = maybe("system_added", MadeSystem)
RENAMED = none("system_renamed")
TAKES_ALONG = maybe("system_takes_along", TakenAlong)
LOCKED = maybe("system_locked", int)
SYNCS_REMOVED = none("system_syncs_removed")
IMPORTS_REMOVED = none("system_imports_removed")
REMOVED = maybe("system_removed", int)

# Of two that are made at once, one gets the next number.
NUMBERING_TRIES = 5
# A book of a million songs goes with its system.
REMOVAL_TIMEOUT_S = 120


class SystemInUse(Conflict):
    title = "Venues sing from this system"


async def create(call: Call, *, body: SystemName) -> System:
    """Make a system with an empty book, under the lowest number that is free."""
    name = _named(body)
    for _ in range(NUMBERING_TRIES):
        try:
            made = await ADDED(call.kit.db, **call.audit, tenant=call.tenant, name=name, most=NUMBER_MAX)
        except asyncpg.UniqueViolationError:
            continue
        if made is None:
            raise Conflict(f"no number is free: at most {NUMBER_MAX} systems")
        return System(made.number, name, 0, made.public_id)
    raise Conflict("others are making systems too; try again")


async def rename(call: Call, system_id: int, *, body: SystemName) -> System:
    """Give a system another name."""
    await RENAMED(call.kit.db, **call.audit, tenant=call.tenant, number=system_id, name=_named(body))
    found = await SHOWN(call.kit.db, tenant=call.tenant, number=system_id)
    if found is None:
        raise NotFound("no such system")
    return found


async def remove(call: Call, system_id: int, *, query: Confirm) -> None:
    """Delete a system with its song book, once no venue sings from it. Without `?confirm` a conflict says what goes."""
    along = await TAKES_ALONG(call.kit.db, tenant=call.tenant, number=system_id)
    if along is None:
        raise NotFound("no such system")
    if along.venues:
        raise SystemInUse(f"choose another system first at {', '.join(along.venues)}")
    if not query.given:
        raise NotConfirmed(_warning(along))
    async with call.kit.db.transaction(call.actor, timeout_s=REMOVAL_TIMEOUT_S) as tx:
        given = {"tenant": call.tenant, "number": system_id}
        if await LOCKED(tx, **given) is None:
            raise NotFound("no such system")
        await SYNCS_REMOVED(tx, **given)
        await IMPORTS_REMOVED(tx, **given)
        if await REMOVED(tx, **given) is None:
            raise SystemInUse("a venue has just chosen it")
    call.kit.cache.forget(kept.book(call.tenant, system_id))


def _warning(along: TakenAlong) -> str:
    return (
        f"{along.name} would take along {along.songs} songs, {along.syncs} syncs under way or held "
        f"and {along.imports} imports under way; add ?confirm to delete it"
    )


def _named(body: SystemName) -> str:
    name = clean(body.name)
    if not name:
        raise ValidationFailed(errors=(FieldError("name", "must not be empty"),))
    return name
