"""Who calls: by a bearer token, or by the session cookie of one of our own pages; never by both.

A bearer token wins, good or bad: cookies beside it are not looked at. A session cookie counts
  - for reading as it is: browsers keep the answer from other sites;
  - for changing from our own origin, with the CSRF token of its session;
  - on live connections, which other sites could read, from our own origin or with that token.
Where nobody needs to sign in, a cookie that does not count makes a guest; elsewhere the call is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import hdrs, web

from singr.core.actor import Actor
from singr.core.errors import AuthorizationDenied, Problem
from singr.http.address import Proxies
from singr.http.cookies import Browser, SessionCookies
from singr.http.route import Row

SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})

Read = Callable[[str], Actor]
"""The actor an access token names; raises AuthenticationFailed when it is not good."""

log = logging.getLogger("singr.security")


class NotOurPage(AuthorizationDenied):
    title = "This did not come from one of our own pages"


@dataclass(frozen=True, slots=True)
class Caller:
    """`browser` is there when one of our own pages calls, signed in or not."""

    actor: Actor | None = None
    browser: Browser | None = None
    by_cookie: bool = False


class Callers:
    """Tells who calls a row."""

    def __init__(self, read: Read, cookies: SessionCookies, proxies: Proxies) -> None:
        self._read, self._cookies, self._proxies = read, cookies, proxies

    def of(self, request: web.Request, row: Row) -> Caller:
        """Raises AuthenticationFailed, and NotOurPage where a session cookie does not count."""
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme.lower() == "bearer":
            return Caller(self._read(token.strip()))
        by_cookie = self._cookies.access_token(request)
        if request.method in SAFE and not row.live:
            is_own, shown = None, None
        else:
            is_own, shown = self._cookies.is_own(request), self._cookies.shown(request)
        browser = shown if is_own else None
        if by_cookie is None:
            return Caller(browser=browser)
        try:
            actor = self._read(by_cookie)
            if shown and (why := _objection(actor, row, shown, is_own=is_own)):
                if not (row.may.anonymous and is_own):  # our own pages for guests carry no token
                    self._note(request, row, why)
                raise NotOurPage(why)
        except Problem:
            if row.may.anonymous:
                return Caller(browser=browser)
            raise
        return Caller(actor, browser, by_cookie=True)

    def _note(self, request: web.Request, row: Row, why: str) -> None:
        seen = {"route": row.path, "address": self._proxies.client_of(request), "reason": why}
        log.warning("session cookie refused", extra=seen)


def _objection(actor: Actor, row: Row, shown: Browser, *, is_own: bool | None) -> str | None:
    """Why a session cookie does not count for a call that changes something or stays, or None."""
    has_token = shown.session == actor.session
    if row.live:
        return None if is_own or (is_own is None and has_token) else "the origin is not ours"
    if not is_own:
        return "the origin is not ours"
    return None if has_token else "the CSRF token is missing or of another session"
