"""A forgotten password: a link by mail, and a new password that signs out everywhere."""

from __future__ import annotations

import logging
from uuid import uuid4

from singr.core.actor import SYSTEM
from singr.http.call import Call
from singr.identity import claims, credentials, epochs, links, passwords, people
from singr.identity.forms import Forgot, Reset, Told
from singr.notifications import outbox

CHECK_MAIL = Told("If we know this address, a link to choose a new password is on its way.")

log = logging.getLogger("singr.security")


async def forgot(call: Call, *, body: Forgot) -> Told:
    """Have a link sent with which a new password can be chosen. The answer is the same for every address."""
    account = await links.recipient(call, links.RESET, body.email)
    async with call.kit.db.transaction(SYSTEM) as tx:
        letter = await links.send(
            tx,
            call.kit.settings,
            links.RESET,
            account.id if account else uuid4(),
            to=account.email if account else "",
            name=account.name if account else None,
        )
    await outbox.post(call.kit, letter)
    log.info("password forgotten", extra={"address": call.address})
    return CHECK_MAIL


async def reset(call: Call, *, body: Reset) -> Told:
    """Choose a new password by the token that came by mail; every session of the account ends."""
    stored = await passwords.hashed(body.password)
    async with call.kit.db.transaction(SYSTEM) as tx:
        found = await links.redeem(tx, links.RESET, body.token)
        person = await people.load(tx, found.user_id, None)
        await credentials.check_new(person, body.password, field="password")
        await claims.claim(tx, person.id)
        letter, epoch = await credentials.replace_password(call, tx, person, stored)
    await epochs.tell(call.kit, {person.id: epoch})
    await outbox.post(call.kit, letter)
    log.info("password reset, signed out everywhere", extra={"user": str(person.id), "address": call.address})
    return Told("Your new password is set. Sign in with it.")
