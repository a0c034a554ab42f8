"""Signing in and out. A session is a family of refresh tokens; access tokens carry its name."""

from __future__ import annotations

import logging

from singr.core.errors import AuthenticationFailed
from singr.http.call import Call
from singr.identity import challenges, credentials, factors, passwords, people, revocations, throttle, tokens
from singr.identity.challenges import Answer, Challenge
from singr.identity.people import Account, Person
from singr.identity.refresh import Owner, RefreshTokens, TokenReused
from singr.identity.shapes import RefreshIn, Session, SessionUser, SignIn
from singr.infra.sql import none
from singr.telemetry import metrics

SIGNED_IN = none("account_signed_in")

log = logging.getLogger("singr.security")


async def sign_in(call: Call, *, body: SignIn) -> Session | Challenge:
    """Exchange e-mail and password for tokens. Unknown addresses take the same time and get the same answer.

    Who has a second factor gets a challenge (`requiresTwoFactor`) for `/v1/auth/2fa/challenge` instead of tokens.
    """
    attempts = await throttle.attempt(call.kit.redis, body.email)
    account = await people.BY_EMAIL(call.kit.db, email=body.email)
    stored = account.password_hash if account else None
    if not await passwords.verify(stored, body.password) or account is None or stored is None:
        metrics.SIGN_INS.labels("refused").inc()
        what = "account locked" if attempts >= throttle.LOCKED_AT else "sign-in refused"
        log.warning(what, extra={"user": str(account.id) if account else None, "address": call.address})
        raise AuthenticationFailed("e-mail or password is wrong")
    await throttle.succeeded(call.kit.redis, body.email)
    await _stamp(call, account, body.password if passwords.is_outdated(stored) else None)
    person = await people.load(call.kit.db, account.id, None)
    if challenge := await challenges.needed(call, person.id):
        return challenge
    return await start(call, person)


async def answer_challenge(call: Call, *, body: Answer) -> Session:
    """Finish signing in with a code of the authenticator app, or a recovery code."""
    user_id = await challenges.whose(call, body.two_factor_token)
    person = await people.load(call.kit.db, user_id, None)
    await factors.check(call, user_id, body.code)
    await challenges.spend(call, body.two_factor_token)
    return await start(call, person)


async def start(call: Call, person: Person) -> Session:
    """A new session of somebody who has shown who they are."""
    token, session = await RefreshTokens.of(call.kit).start(Owner(person.id, person.context, person.row.generation))
    metrics.SIGN_INS.labels("accepted").inc()
    log.info("signed in", extra={"user": str(person.id), "address": call.address})
    return _session(call, person, token, session)


async def refresh(call: Call, *, body: RefreshIn) -> Session:
    """Exchange a refresh token for the next one and a new access token; an old one ends the session."""
    try:
        token, session, owner = await RefreshTokens.of(call.kit).rotate(body.refresh_token)
    except TokenReused as reused:
        await revocations.revoke(call.kit, reused.session, for_s=call.kit.settings.access_token_ttl_s)
        log.warning("refresh token reused, session ended", extra={"address": call.address})
        raise
    person = await people.load(call.kit.db, owner.user_id, owner.context)
    if person.row.generation != owner.generation:
        await RefreshTokens.of(call.kit).end(session)
        raise AuthenticationFailed("you were signed out everywhere")
    return _session(call, person, token, session)


async def sign_out(call: Call) -> None:
    """End this session: its refresh tokens and access tokens stop working in every process."""
    await RefreshTokens.of(call.kit).end(call.actor.session)
    await revocations.revoke(call.kit, call.actor.session, for_s=call.kit.settings.access_token_ttl_s)
    log.info("signed out", extra={"user": call.actor.id})


async def _stamp(call: Call, account: Account, rehash: str | None) -> None:
    renewed = await passwords.hashed(rehash) if rehash else None
    async with call.kit.db.transaction(credentials.acting_as(account.id)) as tx:
        await SIGNED_IN(tx, user_id=account.id, password_hash=renewed)


def _session(call: Call, person: Person, refresh_token: str, session: str) -> Session:
    return Session(
        access_token=tokens.issue(call.kit.settings, person, session),
        refresh_token=refresh_token,
        expires_in=call.kit.settings.access_token_ttl_s,
        user=SessionUser(person.id, person.email, person.name, person.roles),
    )
