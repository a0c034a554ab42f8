"""Signing in by a link in a mail: in the browser that asked for it, or elsewhere after a confirmation."""

from __future__ import annotations

import logging
from uuid import uuid4

from msgspec import Struct

from singr.core.actor import SYSTEM
from singr.core.errors import NotConfirmed
from singr.http.call import Call
from singr.http.reply import WithCookies
from singr.identity import challenges, claims, epochs, links, people, sessions
from singr.identity.challenges import Challenge
from singr.identity.forms import Forgot, OneUse, Told
from singr.identity.shapes import Session
from singr.notifications import outbox

CHECK_MAIL = Told("If we know this address, a link to sign in is on its way.")

log = logging.getLogger("singr.security")


class MagicIn(Struct, rename="camel", forbid_unknown_fields=True):
    """`confirm` says that a person pressed a button: it may be another browser than the one that asked."""

    token: OneUse
    confirm: bool = False
    cookie: bool = False


async def ask(call: Call, *, body: Forgot) -> Told:
    """Have a link sent that signs in, for a quarter of an hour. The answer is the same for every address."""
    account = await links.recipient(call, links.MAGIC, body.email)
    async with call.kit.db.transaction(SYSTEM) as tx:
        letter = await links.send(
            tx,
            call.kit.settings,
            links.MAGIC,
            account.id if account else uuid4(),
            to=account.email if account else "",
            name=account.name if account else None,
            detail=call.device or "",
        )
    await outbox.post(call.kit, letter)
    return CHECK_MAIL


async def verify(call: Call, *, body: MagicIn) -> Session | WithCookies | Challenge:
    """Sign in by the token that came by mail; who has a second factor is asked for it."""
    async with call.kit.db.transaction(SYSTEM) as tx:
        found = await links.redeem(tx, links.MAGIC, body.token)
        if not body.confirm and not links.is_here(call, found.detail):
            raise NotConfirmed("this is not the browser that asked for the link")
        epoch = await claims.claim(tx, found.user_id)
        person = await people.load(tx, found.user_id, None)
    if epoch is not None:
        await epochs.tell(call.kit, {found.user_id: epoch})
    if challenge := await challenges.needed(call, person):
        return challenge
    log.info("signed in by link", extra={"user": str(person.id), "address": call.address})
    return await sessions.start(call, person, cookie=body.cookie)
