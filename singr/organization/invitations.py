"""Invitations: a link by mail, good once and for seven days, with which somebody joins an organization."""

from __future__ import annotations

import logging
from uuid import UUID

from msgspec import Struct

from singr.core import ids
from singr.core.actor import SYSTEM
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, Conflict, FieldError, ValidationFailed
from singr.core.secrets import digest
from singr.core.text import clean
from singr.http.call import Call
from singr.identity import claims, epochs, links, passwords, people, policy
from singr.identity.forms import Told
from singr.infra.sql import maybe, none
from singr.notifications import outbox
from singr.notifications.outbox import Letter
from singr.organization import members, rules
from singr.organization.shapes import Accept, Invite, Member

LIFETIME_S = 7 * 24 * 3600


class Invited(Struct):
    id: UUID
    user_id: UUID


class Joined(Struct):
    user_id: UUID
    email: str
    has_password: bool


INVITE = maybe("organization_invite", Invited)
PERSON = none("organization_person")
ACCEPT = maybe("organization_accept", Joined)
NEWCOMER = none("organization_newcomer")

log = logging.getLogger("singr.security")


async def invite(call: Call, *, body: Invite) -> Member:
    """Invite somebody by e-mail; inviting again sends a new link and ends the old one."""
    if problem := rules.refusal(call.actor, None, rules.permitted(body.role, body.permissions)):
        raise problem
    inviter = await _confirmed(call)
    token, email = ids.token(), body.email.lower()
    async with call.kit.db.transaction(call.actor) as tx:
        name = await members.LOCK(tx, tenant=call.tenant)
        there = await members.MEMBERS(tx, tenant=call.tenant, member=None, max_rows=members.MEMBERS_MAX)
        if len(there) > members.MEMBERS_MAX and email not in {member.email for member in there}:
            raise Conflict("an organization has at most a hundred people")
        await PERSON(tx, email=email)
        who = {"tenant": call.tenant, "email": email, "role": body.role, "inviter": inviter}
        invited = await INVITE(tx, **who, token=digest(token), for_s=LIFETIME_S)
        if invited is None:
            raise Conflict("they work here already")
        await members.SET_GRANTS(tx, member=invited.id, slugs=[str(p) for p in body.permissions])
        link = links.address(call.kit.settings, "invitation", token)
        letter = Letter("invitation", email, {"name": links.SOMEBODY, "link": link, "organization": name})
        letter_id = await outbox.put(tx, call.kit.settings, letter, for_s=LIFETIME_S)
        member = await members.find(tx, call.tenant, invited.id)
    await outbox.post(call.kit, letter_id)
    log.info("member invited", extra={"user": str(invited.user_id), "by": call.actor.id, "role": body.role})
    return member


async def accept(call: Call, *, body: Accept) -> Told:
    """Join an organization by the token that came by mail.

    Whoever has no account, or one whose address nobody has confirmed, chooses a password; everybody signs in anew, with
    one that is long enough for their work.
    """
    stored = await passwords.hashed(body.password) if body.password else None
    async with call.kit.db.transaction(SYSTEM) as tx:
        joined = await ACCEPT(tx, token=digest(body.token))
        if joined is None:
            raise links.LinkInvalid
        is_claimed = await claims.claim(tx, joined.user_id) is not None
        if is_claimed or not joined.has_password:
            if body.password is None:
                raise ValidationFailed("choose a password", errors=(FieldError("password", "is missing"),))
            await policy.check(body.password, joined.email, min_length=policy.MIN_LENGTH)
            name = clean(body.name) if body.name else None
            await NEWCOMER(tx, user_id=joined.user_id, name=name, password_hash=stored)
        epoch = await epochs.END_SESSIONS(tx, user_id=joined.user_id)
    await epochs.tell(call.kit, {joined.user_id: epoch})
    log.info("invitation accepted", extra={"user": str(joined.user_id), "address": call.address})
    return Told("Welcome! Sign in to begin.")


async def _confirmed(call: Call) -> UUID:
    """The caller, who has shown that their own address is theirs: our mails carry no strangers' words."""
    if call.actor.user_id is None:
        raise AuthenticationFailed
    person = await people.load(call.kit.db, call.actor.user_id, call.actor.context)
    if not person.row.is_email_verified:
        raise AuthorizationDenied("confirm your own e-mail address first")
    return person.id
