"""Switching between what a person may act as: an organization, their singer profile, administration."""

from __future__ import annotations

import logging

from singr.core.actor import Context
from singr.core.errors import AuthenticationFailed, NotFound
from singr.http.call import Call
from singr.http.cookies import csrf_token
from singr.http.reply import SessionTokens, WithCookies
from singr.identity import people, tokens
from singr.identity.refresh import RefreshTokens
from singr.identity.shapes import AccessToken, CookieAccess, SwitchContext

log = logging.getLogger("singr.security")


async def switch(call: Call, *, body: SwitchContext) -> AccessToken | WithCookies:
    """Act as another context from now on: a new access token. The session's next tokens keep to it."""
    if call.actor.user_id is None:
        raise AuthenticationFailed
    person = await people.load(call.kit.db, call.actor.user_id, call.actor.context)
    if person.row.epoch > call.actor.epoch:  # told already, but not heard here yet
        raise AuthenticationFailed("what you may do has changed: refresh the token")
    wanted = Context(body.type, body.id)
    if wanted not in people.possible_contexts(person.row, person.memberships):
        raise NotFound("no such context of yours")
    person.context = wanted
    await RefreshTokens.of(call.kit).keep(call.actor.session, wanted)
    log.info("context switched", extra={"user": str(person.id), "context": wanted.type})
    token = tokens.issue(call.kit.settings, person, call.actor.session)
    life_s = call.kit.settings.access_token_ttl_s
    if call.by_cookie:
        shown = CookieAccess(csrf_token(call.kit.settings, call.actor.session), life_s)
        return WithCookies(shown, SessionTokens(call.actor.session, token))
    return AccessToken(token, life_s)
