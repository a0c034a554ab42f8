"""New accounts. Whether an address is already known stays between us and its mailbox: same answer, same work.

People may sign in before they confirm their address, so trying the password that was just chosen tells whether it was
known; that costs an account or a letter to its owner each time, and a limit by address.
"""

from __future__ import annotations

import logging
from uuid import UUID, uuid4

from msgspec import Struct

from singr.core import clock
from singr.core.actor import SYSTEM
from singr.core.errors import AuthenticationFailed
from singr.core.text import clean
from singr.http.call import Call
from singr.identity import credentials, links, passwords, people, policy
from singr.identity.forms import Customer, Register, RegisterSinger, Singer, Token, Told
from singr.infra.sql import maybe
from singr.notifications import outbox


class New(Struct):
    id: UUID


REGISTER = maybe("account_register", New)

FIRST_SYSTEM = "My karaoke system"
CHECK_MAIL = Told("Look into your mailbox: we have sent you a link.")

log = logging.getLogger("singr.security")


async def register(call: Call, *, body: Register) -> Told:
    """Register a host with an organization of their own, or a singer. A link to confirm the address comes by mail."""
    if body.account_type == "singer":
        return await _register(call, body, singer=body.singer or Singer())
    customer = body.customer or Customer()
    clock.check_zone(customer.timezone, "customer.timezone")
    return await _register(call, body, customer=customer)


async def register_singer(call: Call, *, body: RegisterSinger) -> Told:
    """Register a singer. A link to confirm the address comes by mail."""
    return await _register(call, body, singer=Singer(body.nickname))


async def verify(call: Call, *, body: Token) -> Told:
    """Confirm an address by the token that was sent to it, in the browser that asked for it or with the password."""
    async with call.kit.db.transaction(SYSTEM) as tx:
        found = await links.redeem(tx, links.VERIFY, body.token)
        await credentials.check_own(call, tx, found.user_id, found.detail, body.password)
        await credentials.VERIFIED(tx, user_id=found.user_id)
    log.info("address confirmed", extra={"user": str(found.user_id)})
    return Told("Thank you: your address is confirmed.")


async def resend(call: Call) -> Told:
    """Send the link that confirms the caller's address once more; an address that is confirmed gets none."""
    if call.actor.user_id is None:
        raise AuthenticationFailed
    person = await people.load(call.kit.db, call.actor.user_id, None)
    to, device = "" if person.row.is_email_verified else person.email, call.device or ""
    async with call.kit.db.transaction(call.actor) as tx:
        settings = call.kit.settings
        letter = await links.send(tx, settings, links.VERIFY, person.id, to=to, name=person.name, detail=device)
    await outbox.post(call.kit, letter)
    return CHECK_MAIL


async def _register(
    call: Call, body: Register | RegisterSinger, *, singer: Singer | None = None, customer: Customer | None = None
) -> Told:
    email = body.email.lower()
    least = policy.SINGER_MIN_LENGTH if singer else policy.MIN_LENGTH
    await policy.check(body.password, email, min_length=least)
    name = clean(body.name) if body.name else None
    settings = call.kit.settings
    given = {
        "email": email,
        "name": name,
        "password_hash": await passwords.hashed(body.password),
        "role": "singer" if singer else "customer_owner",
        "nickname": clean(singer.nickname) if singer and singer.nickname else name,
        "business": clean(customer.legal_business_name) if customer and customer.legal_business_name else name,
        "contact": customer.contact_email if customer and customer.contact_email else email,
        "timezone": customer.timezone if customer else "UTC",
        "system_name": FIRST_SYSTEM,
    }
    async with call.kit.db.transaction(SYSTEM) as tx:
        new = await REGISTER(tx, **given)
        account = await people.BY_EMAIL(tx, email=email)
        purpose = links.VERIFY if new else links.RESET._replace(letter="already_registered")
        user_id = account.id if account else uuid4()
        letter = await links.send(tx, settings, purpose, user_id, to=email, name=None, detail=call.device or "")
    await outbox.post(call.kit, letter)
    log.info("registration", extra={"new": new is not None, "address": call.address})
    return CHECK_MAIL
