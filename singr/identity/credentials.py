"""A signed-in person's own things: password, e-mail address, name and phone, and the account's end."""

from __future__ import annotations

import logging
from uuid import UUID

import asyncpg
from msgspec import UNSET

from singr.core.actor import Actor
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, Conflict, NotConfirmed, UpstreamUnavailable
from singr.core.text import clean
from singr.http import kept
from singr.http.call import Call
from singr.http.reply import WithCookies
from singr.identity import epochs, links, passwords, people, policy, profile, throttle
from singr.identity.forms import ChangeEmail, ChangePassword, ChangeProfile, DeleteAccount, Token, Told
from singr.identity.people import Person
from singr.identity.shapes import Profile
from singr.infra.postgres import Transaction
from singr.infra.sql import Runs, none
from singr.notifications import outbox

SET_PASSWORD = none("account_set_password")
SET_EMAIL = none("account_set_email")
SET_PROFILE = none("account_set_profile")
DELETE = none("account_delete")
VERIFIED = none("account_verified")

log = logging.getLogger("singr.security")


class NoPassword(AuthorizationDenied):
    title = "This account has no password"

    def __init__(self) -> None:
        super().__init__("ask for a link as with a forgotten password, and choose one; then come back")


async def change_password(call: Call, *, body: ChangePassword) -> Told:
    """Replace the password; every session ends, also this one."""
    person = await confirmed(call, body.current_password)
    await check_new(person, body.new_password, field="newPassword")
    stored = await passwords.hashed(body.new_password)
    async with call.kit.db.transaction(call.actor) as tx:
        letter, epoch = await replace_password(call, tx, person, stored)
    await epochs.tell(call.kit, {person.id: epoch})
    await outbox.post(call.kit, letter)
    log.info("password changed, signed out everywhere", extra={"user": str(person.id)})
    return Told("Your new password is set. Sign in with it.")


async def check_new(person: Person, new: str, *, field: str) -> None:
    """Raises ValidationFailed when `person` may not have this password."""
    sings_only = person.row.roles == ["singer"] and not person.memberships
    least = policy.SINGER_MIN_LENGTH if sings_only else policy.MIN_LENGTH
    await policy.check(new, person.email, min_length=least, field=field)


async def replace_password(call: Call, tx: Transaction, person: Person, stored: str) -> tuple[int, int]:
    """Set a password's hash, end all sessions and tell the owner; the letter's id and the new epoch."""
    await SET_PASSWORD(tx, user_id=person.id, password_hash=stored)
    await links.END(tx, user_id=str(person.id))
    epoch = await epochs.END_SESSIONS(tx, user_id=person.id)
    letter = await links.tell(tx, call.kit.settings, "password_changed", to=person.email, name=person.name)
    return letter, epoch


async def change_email(call: Call, *, body: ChangeEmail) -> Told:
    """Ask for another address; it counts once the link sent there was used. The old address is told."""
    person = await confirmed(call, body.password)
    settings, new = call.kit.settings, body.new_email.lower()
    known = await people.BY_EMAIL(call.kit.db, email=new)
    detail = f"{new} {call.device or ''}"
    async with call.kit.db.transaction(call.actor) as tx:
        letters = [
            await links.send(
                tx, settings, links.EMAIL, person.id, to="" if known else new, name=person.name, detail=detail
            ),
            await links.tell(tx, settings, "email_changing", to=person.email, name=person.name),
        ]
    for letter in letters:
        await outbox.post(call.kit, letter)
    return Told("Look into the mailbox of your new address: we have sent you a link.")


async def confirm_email(call: Call, *, body: Token) -> Told:
    """Use the new address from now on, by the token sent to it.

    Elsewhere than in the browser that asked for it the password is needed, too. Links sent to the old one end.
    """
    async with call.kit.db.transaction(call.actor) as tx:
        found = await links.redeem(tx, links.EMAIL, body.token)
        email, _, device = found.detail.partition(" ")
        await check_own(call, tx, found.user_id, device, body.password)
        try:
            await SET_EMAIL(tx, user_id=found.user_id, email=email)
        except asyncpg.UniqueViolationError as exc:
            raise links.LinkInvalid from exc
        await links.END(tx, user_id=str(found.user_id))
    log.info("e-mail address changed", extra={"user": str(found.user_id)})
    return Told("Your new address is in use.")


async def change_profile(call: Call, *, body: ChangeProfile) -> Profile:
    """Change name, display name or phone number."""
    given = {
        field: (clean(value) if value else None)
        for field in ("name", "display_name", "phone_number")
        if (value := getattr(body, field)) is not UNSET
    }
    async with call.kit.db.transaction(call.actor) as tx:
        await SET_PROFILE(tx, user_id=own_id(call), given=given)
    return await profile.show(call)


async def delete_account(call: Call, *, body: DeleteAccount) -> None:
    """Delete the account and all that belongs to it, at once and for good."""
    person = await confirmed(call, body.password)
    is_owner = any(m.is_owner for m in person.memberships)
    if is_owner and not body.delete_organization:
        raise Conflict("you own an organization: say deleteOrganization to delete it too")
    async with call.kit.db.transaction(call.actor) as tx:
        letter = await links.tell(tx, call.kit.settings, "account_deleted", to=person.email, name=person.name)
        await DELETE(tx, user_id=person.id)
        epoch = await epochs.END_SESSIONS(tx, user_id=person.id)
    if is_owner:
        call.kit.cache.forget(kept.VENUES)
    await epochs.tell(call.kit, {person.id: epoch})
    await outbox.post(call.kit, letter)
    log.info("account deleted", extra={"user": str(person.id)})


async def sign_out_everywhere(call: Call) -> WithCookies | None:
    """End every session of the caller, on all devices."""
    async with call.kit.db.transaction(call.actor) as tx:
        epoch = await epochs.END_SESSIONS(tx, user_id=own_id(call))
    await epochs.tell(call.kit, {own_id(call): epoch})
    log.info("signed out everywhere", extra={"user": call.actor.id})
    return WithCookies(None, None) if call.by_cookie else None


def own_id(call: Call) -> UUID:
    """The caller's user; raises AuthenticationFailed."""
    if call.actor.user_id is None:
        raise AuthenticationFailed
    return call.actor.user_id


async def confirmed(call: Call, password: str) -> Person:
    """The caller, once they have shown that they know their password; raises what `check_password` does."""
    person = await people.load(call.kit.db, own_id(call), call.actor.context)
    await check_password(call, call.kit.db, person, password)
    return person


async def check_own(call: Call, tx: Transaction, user_id: UUID, device: str, password: str | None) -> None:
    """Raises NotConfirmed, or what `check_password` does, where neither the browser nor the password is that of whoever
    asked for a link: reading a mail makes nobody's address that of an account which a stranger has set up."""
    if links.is_here(call, device):
        return
    if password is None:
        raise NotConfirmed("this is not the browser that asked for the link: give your password, too")
    await check_password(call, tx, await people.load(tx, user_id, None), password)


async def check_password(call: Call, on: Runs, person: Person, password: str) -> None:
    """A wrong one counts as it does at sign-in. Raises AuthorizationDenied, NoPassword, TooManyFailures,
    UpstreamUnavailable."""
    account = await people.BY_EMAIL(on, email=person.email)
    if account is None or account.password_hash is None:
        raise NoPassword
    locks = await throttle.attempt(call, person.email)
    try:
        is_right = await passwords.verify(account.password_hash, password)
    except UpstreamUnavailable:
        await throttle.unjudged(call, person.email)
        raise
    if not is_right:
        log.warning("password not confirmed", extra={"user": str(person.id), "address": call.address})
        await throttle.failed(call, locks, str(person.id))
        raise AuthorizationDenied("the password is wrong")
    await throttle.succeeded(call, person.email)


def acting_as(user_id: UUID) -> Actor:
    """Whom the audit log names while somebody signs in."""
    return Actor(kind="user", id=str(user_id), user_id=user_id)
