"""Signing in and out. A session is a family of refresh tokens; access tokens carry its name."""

from __future__ import annotations

import logging
from contextlib import suppress

from singr.core.errors import AuthenticationFailed, RateLimited, UpstreamUnavailable, ValidationFailed
from singr.http.call import Call
from singr.http.callers import NotOurPage
from singr.http.cookies import Browser, csrf_token
from singr.http.reply import SessionTokens, WithCookies
from singr.identity import challenges, credentials, factors, passwords, people, policy, revocations, throttle, tokens
from singr.identity.challenges import Answer, Challenge
from singr.identity.people import Account, Person
from singr.identity.refresh import Owner, RefreshTokens, TokenReused
from singr.identity.shapes import CookieSession, RefreshIn, Session, SessionUser, SignIn
from singr.infra.limits import Rate
from singr.infra.sql import none
from singr.telemetry import metrics

SIGNED_IN = none("account_signed_in")
# Counted by person, on all devices together: who that is only the token tells.
REFRESHING = Rate(60, per_s=3600, by="user", inside=True)

log = logging.getLogger("singr.security")


async def sign_in(call: Call, *, body: SignIn) -> Session | WithCookies | Challenge:
    """Exchange e-mail and password for tokens. Unknown addresses take the same time and get the same answer.

    Who has a second factor gets a challenge (`requiresTwoFactor`) for `/v1/auth/2fa/challenge` instead of tokens; a
    browser that asks with `cookie` gets cookies and a `csrfToken`. A password that a singer chose is too short for an
    organization's people.
    """
    email = body.email.lower()
    passwords.check_room()
    locks = await throttle.attempt(call, email)
    try:
        account = await people.BY_EMAIL(call.kit.db, email=email)
        stored = account.password_hash if account else None
        is_right = await passwords.verify(stored, body.password)
    except UpstreamUnavailable:
        await throttle.unjudged(call, email)
        raise
    if not is_right or account is None or stored is None:
        await throttle.failed(call, locks, _refused(call, account))
        raise AuthenticationFailed("e-mail or password is wrong")
    await throttle.succeeded(call, email)
    person = await _stamp(call, account, body.password if passwords.is_outdated(stored) else None)
    if person.works and len(body.password) < policy.MIN_LENGTH:
        _refused(call, account)
        raise policy.TooShortForWork
    if challenge := await challenges.needed(call, person):
        return challenge
    return await start(call, person, cookie=body.cookie)


async def answer_challenge(call: Call, *, body: Answer) -> Session | WithCookies:
    """Finish signing in with a code of the authenticator app or of a text message, or a recovery code."""
    person = await challenges.whose(call, body.two_factor_token)
    await factors.check(call, person.id, body.code, challenge=body.two_factor_token)
    await challenges.spend(call, body.two_factor_token)
    return await start(call, person, cookie=body.cookie)


async def start(call: Call, person: Person, *, cookie: bool = False) -> Session | WithCookies:
    """A new session of somebody who has shown who they are: as tokens, or as `cookie`s, whose former session ends."""
    known = RefreshTokens.of(call.kit)
    if cookie and call.browser and call.browser.refresh_token:
        with suppress(AuthenticationFailed):
            await _end(call, known.session_of(call.browser.refresh_token))
    token, session = await known.start(Owner(person.id, person.context, person.row.generation))
    metrics.SIGN_INS.labels("accepted").inc()
    log.info("signed in", extra={"user": str(person.id), "address": call.address})
    return _session(call, person, token, session, cookie=cookie)


async def refresh(call: Call, *, body: RefreshIn) -> Session | WithCookies:
    """Exchange a refresh token for the next one and a new access token; an old one ends the session."""
    if (body.refresh_token is not None) is body.cookie:
        raise ValidationFailed("either refreshToken or cookie")
    try:
        return await _refresh(call, body.refresh_token or _cookie(call), cookie=body.cookie)
    except AuthenticationFailed as over:
        over.ends_session = body.cookie
        raise


async def sign_out(call: Call) -> WithCookies | None:
    """End this session: its refresh tokens and access tokens stop working in every process."""
    await _end(call, call.actor.session)
    log.info("signed out", extra={"user": call.actor.id})
    return WithCookies(None, None) if call.by_cookie else None


def _cookie(call: Call) -> str:
    """The refresh cookie of one of our own pages; raises AuthenticationFailed, NotOurPage."""
    browser = call.browser or Browser()
    if RefreshTokens.of(call.kit).session_of(browser.refresh_token) != browser.session:
        log.warning("session cookie refused", extra={"address": call.address, "reason": "no CSRF token"})
        raise NotOurPage("the CSRF token is missing or of another session")
    return browser.refresh_token


async def _refresh(call: Call, presented: str, *, cookie: bool) -> Session | WithCookies:
    known = RefreshTokens.of(call.kit)
    if owner := await known.owner_of(presented):
        verdict = await call.kit.limits.take(f"refresh:{owner.user_id}", REFRESHING)
        if not verdict.allowed:
            raise RateLimited("sessions were renewed too often", retry_after_s=verdict.retry_after_s)
    try:
        token, session, owner = await known.rotate(presented)
    except TokenReused as reused:
        await revocations.revoke(call.kit, reused.session, for_s=call.kit.settings.access_token_ttl_s)
        whose = {"user": str(reused.user_id), "address": call.address}
        log.warning("refresh token reused, session ended", extra=whose)
        raise
    person = await people.load(call.kit.db, owner.user_id, owner.context, generation=owner.generation)
    return _session(call, person, token, session, cookie=cookie)


async def _end(call: Call, session: str) -> None:
    await RefreshTokens.of(call.kit).end(session)
    await revocations.revoke(call.kit, session, for_s=call.kit.settings.access_token_ttl_s)


def _refused(call: Call, account: Account | None) -> str | None:
    """Tell that somebody was not let in; whom, as it stands in the log."""
    metrics.SIGN_INS.labels("refused").inc()
    who = str(account.id) if account else None
    log.warning("sign-in refused", extra={"user": who, "address": call.address})
    return who


async def _stamp(call: Call, account: Account, rehash: str | None) -> Person:
    """Who has signed in, unless the password that was judged was replaced meanwhile."""
    renewed = await passwords.hashed(rehash) if rehash else None
    async with call.kit.db.transaction(credentials.acting_as(account.id)) as tx:
        await SIGNED_IN(tx, user_id=account.id, judged=account.password_hash, renewed=renewed)
        return await people.load(tx, account.id, None, generation=account.generation)


def _session(call: Call, person: Person, refresh_token: str, session: str, *, cookie: bool) -> Session | WithCookies:
    settings = call.kit.settings
    access_token, life_s = tokens.issue(settings, person, session), settings.access_token_ttl_s
    user = SessionUser(person.id, person.email, person.name, person.roles)
    if cookie:
        shown = CookieSession(csrf_token(settings, session), life_s, user)
        return WithCookies(shown, SessionTokens(session, access_token, refresh_token))
    return Session(access_token, refresh_token, life_s, user)
