"""Whose account a provider's word opens.

A subject that is linked opens its account. Another one is linked by its e-mail address where both sides have shown that
the address is theirs: the provider says it has verified it, and the account's own is confirmed. An account with an
unconfirmed address may be a trap, set up beforehand by somebody who waits for the address' owner to walk in; it opens
to nobody until its owner has used a link sent there, which ends whatever the stranger left (`claims.claim`).
"""

from __future__ import annotations

import logging
import re
from uuid import UUID

from msgspec import Struct

from singr.core.actor import SYSTEM
from singr.core.errors import AuthorizationDenied
from singr.core.text import clean
from singr.http.call import Call
from singr.identity import credentials, forms, links, people, registration, sessions
from singr.identity.oidc_flows import Account
from singr.identity.people import Person
from singr.infra.id_tokens import Identity
from singr.infra.postgres import Transaction
from singr.infra.sql import maybe, none, one
from singr.notifications import outbox

NAME_MOST, ADDRESS_MOST = 100, 254
ADDRESS = re.compile(forms.ADDRESS)


class Known(Struct):
    id: UUID


class Candidate(Struct):
    id: UUID
    email: str
    name: str | None
    is_email_verified: bool


class AddressNotVerified(AuthorizationDenied):
    title = "Your e-mail address is not confirmed there"


class AccountNotConfirmed(AuthorizationDenied):
    title = "Confirm your address first"

    def __init__(self, account: Candidate) -> None:
        super().__init__(
            "There is an account with your e-mail address that nobody has confirmed. We have sent you a link: open it, "
            "and from then on you can sign in this way, too."
        )
        self.account = account


KNOWN = maybe("linked_person", Known)
CANDIDATE = one("link_candidate", Candidate)
LINK = none("link_add")

log = logging.getLogger("singr.security")


async def whose(call: Call, identity: Identity, *, label: str, account: Account, name: str | None) -> Person:
    """Whose account `identity` opens, made where there is none; raises AddressNotVerified, AccountNotConfirmed,
    AuthenticationFailed."""
    subject = {"issuer": identity.issuer, "subject": identity.subject}
    letter = None
    try:
        async with call.kit.db.transaction(SYSTEM) as tx:
            known = await KNOWN(tx, **subject)
            if known is None:
                email = _verified_email(identity, label)
                letter = await _link(call, tx, email, subject, _account(email, account, clean(name or "")), label)
                known = await KNOWN(tx, **subject)
            user_id = known.id if known else UUID(int=0)
            person = await people.load(tx, user_id, None)  # nothing is linked to an account on hold
            await sessions.SIGNED_IN(tx, user_id=user_id, judged=None, renewed=None)
    except AccountNotConfirmed as trap:
        await _send_link(call, trap.account)
        raise
    if letter is not None:
        await outbox.post(call.kit, letter)
    return person


async def _link(
    call: Call, tx: Transaction, email: str, subject: dict[str, str], new: dict[str, str | None], label: str
) -> int | None:
    """Link the account with this address, new or known; the letter that tells its owner."""
    created = await registration.REGISTER(tx, **new)
    if created:
        await credentials.VERIFIED(tx, user_id=created.id)
        log.info("registration", extra={"new": True, "provider": subject["issuer"], "address": call.address})
    account = await CANDIDATE(tx, email=email)
    if not account.is_email_verified:
        raise AccountNotConfirmed(account)
    if not await LINK(tx, user_id=account.id, **subject) or created:
        return None
    log.warning("sign-in by provider added", extra={"user": str(account.id), "provider": subject["issuer"]})
    settings = call.kit.settings
    return await links.tell(tx, settings, "sign_in_added", to=account.email, name=account.name, way=label)


def _verified_email(identity: Identity, label: str) -> str:
    email = (identity.email or "").lower()
    if not identity.is_email_verified or len(email) > ADDRESS_MOST or not ADDRESS.match(email):
        raise AddressNotVerified(f"{label} does not tell us that your e-mail address is confirmed.")
    return email


def _account(email: str, account: Account, name: str) -> dict[str, str | None]:
    """What `account_register` needs for somebody without a password."""
    shown = name[:NAME_MOST] or None
    return {
        "email": email,
        "name": shown,
        "password_hash": None,
        "role": "singer" if account == "singer" else "customer_owner",
        "nickname": shown,
        "business": shown,
        "contact": email,
        "timezone": "UTC",
        "system_name": registration.FIRST_SYSTEM,
    }


async def _send_link(call: Call, account: Candidate) -> None:
    async with call.kit.db.transaction(SYSTEM) as tx:
        to, device = account.email, call.device or ""
        settings = call.kit.settings
        letter = await links.send(tx, settings, links.MAGIC, account.id, to=to, name=account.name, detail=device)
    await outbox.post(call.kit, letter)
