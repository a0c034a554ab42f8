"""Members: list them, change what they may do, put them on hold, let them go."""

from __future__ import annotations

import logging
from uuid import UUID

from msgspec import UNSET

from singr.core.errors import Conflict, NotFound
from singr.core.paging import Page
from singr.http.call import Call
from singr.identity import epochs
from singr.infra.postgres import Transaction
from singr.infra.sql import Runs, many, none, value
from singr.organization import rules
from singr.organization.shapes import ChangeMember, Member

MEMBERS = many("organization_members", Member)
LOCK = value("organization_lock", str)
SET = none("organization_member_set")
SET_GRANTS = none("organization_grants_set")

MEMBERS_MAX = 99

log = logging.getLogger("singr.security")


async def list_members(call: Call) -> Page[Member]:
    """Everybody who works for the organization, the owner first; never more than a hundred."""
    return Page(await MEMBERS(call.kit.db, tenant=call.tenant, member=None, max_rows=MEMBERS_MAX))


async def change(call: Call, member_id: UUID, *, body: ChangeMember) -> Member:
    """Change a member's role, direct permissions or status. It counts within two seconds, also for who is signed in."""
    async with call.kit.db.transaction(call.actor) as tx:
        await LOCK(tx, tenant=call.tenant)
        member = await find(tx, call.tenant, member_id)
        role = member.role if body.role is UNSET else body.role
        direct = member.permissions if body.permissions is UNSET else [str(p) for p in body.permissions]
        if problem := rules.refusal(call.actor, member, rules.permitted(role, direct)):
            raise problem
        if member.status == "invited" and body.status is not UNSET:
            raise Conflict("they have not accepted the invitation yet")
        status = member.status if body.status is UNSET else body.status
        await SET(tx, member=member_id, role=role, status=status)
        await SET_GRANTS(tx, member=member_id, slugs=direct)
        changed = await find(tx, call.tenant, member_id)
    await _tell(call, changed, "member changed", was=member)
    return changed


async def remove(call: Call, member_id: UUID) -> None:
    """Let a member go, or take an invitation back."""
    async with call.kit.db.transaction(call.actor) as tx:
        await LOCK(tx, tenant=call.tenant)
        member = await find(tx, call.tenant, member_id)
        if problem := rules.refusal(call.actor, member, frozenset()):
            raise problem
        await SET(tx, member=member_id, role=member.role, status="revoked")
        await SET_GRANTS(tx, member=member_id, slugs=[])
    await _tell(call, member, "member revoked", was=member)


async def find(on: Runs | Transaction, tenant: UUID, member_id: UUID) -> Member:
    """One member of this organization; raises NotFound."""
    found = await MEMBERS(on, tenant=tenant, member=member_id, max_rows=1)
    if not found:
        raise NotFound("no such member")
    return found[0]


async def _tell(call: Call, member: Member, what: str, *, was: Member) -> None:
    await epochs.tell(call.kit, {member.user_id: await epochs.NOW(call.kit.db, user_id=member.user_id)})
    who = {"user": str(member.user_id), "by": call.actor.id, "tenant": str(call.tenant)}
    became = {"role": member.role, "status": member.status, "role_before": was.role, "status_before": was.status}
    log.info(what, extra=who | became)
