"""Signed-in browsers: two cookies that no script can read, and a CSRF token that our own pages alone can show.

Browsers take a cookie named `__Host-…` only over https, with `Secure`, for this host and all its paths: no neighbouring
subdomain and no plain http can plant one. Where PUBLIC_URL is not https (development) the same cookies are called
`singr_access`, `singr_refresh` and `singr_csrf`, without `Secure`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import hdrs, web
from yarl import URL

from singr.core.secrets import Signer
from singr.core.settings import Settings
from singr.http.reply import SessionTokens

CSRF_HEADER = "X-CSRF-Token"
SECURE_PREFIX = "__Host-"


@dataclass(frozen=True, slots=True)
class Browser:
    """What a call from one of our own pages shows: its refresh cookie, and the session its CSRF token is for."""

    refresh_token: str = field(default="", repr=False)
    session: str = ""


def csrf_token(settings: Settings, session: str) -> str:
    """What a page of this session shows with whatever it changes."""
    return _signer(settings).sign(session)


class SessionCookies:
    """Reads, sets and takes away the cookies of a session; knows which origins are ours."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.base_url.startswith("https:")
        prefix = SECURE_PREFIX if self._secure else ""
        self.access, self.refresh, self.csrf = (f"{prefix}singr_{name}" for name in ("access", "refresh", "csrf"))
        self._access_s, self._refresh_s = settings.access_token_ttl_s, settings.refresh_token_ttl_s
        self._signer = _signer(settings)
        ours = (settings.public_url,) if settings.public_url else ()
        self._origins = {str(URL(url).origin()) for url in (*ours, *settings.cors_origins)}
        self._anywhere = not settings.public_url

    def access_token(self, request: web.Request) -> str | None:
        return request.cookies.get(self.access)

    def shown(self, request: web.Request) -> Browser:
        """What the call shows, whoever made it."""
        session = self._signer.verify(request.headers.get(CSRF_HEADER, ""))
        return Browser(request.cookies.get(self.refresh, ""), session or "")

    def is_own(self, request: web.Request) -> bool | None:
        """Whether one of our own pages made this call; None when the browser does not say.

        `Origin` decides, without it `Referer`. Without PUBLIC_URL our origin is wherever this call reached us.
        """
        said = request.headers.getall(hdrs.ORIGIN, ()) or request.headers.getall(hdrs.REFERER, ())
        if not said:
            return None
        origin = said[0] if hdrs.ORIGIN in request.headers else _origin_of(said[0])
        here = self._anywhere and origin == f"{request.scheme}://{request.host}"
        return len(said) == 1 and (here or origin in self._origins)

    def put(self, response: web.StreamResponse, tokens: SessionTokens) -> None:
        """Give the browser these tokens; a refresh token that is None stays as it is."""
        self._set(response, self.access, tokens.access_token, self._access_s)
        if tokens.refresh_token is not None:
            self._set(response, self.refresh, tokens.refresh_token, self._refresh_s)
            self._set(response, self.csrf, self._signer.sign(tokens.session), self._refresh_s, httponly=False)

    def take(self, response: web.StreamResponse) -> None:
        """Leave the browser without a session."""
        for name in (self.access, self.refresh, self.csrf):
            response.del_cookie(name, path="/", secure=self._secure, samesite="Lax")

    def _set(self, response: web.StreamResponse, name: str, text: str, life_s: int, *, httponly: bool = True) -> None:
        response.set_cookie(
            name, text, max_age=life_s, path="/", secure=self._secure, httponly=httponly, samesite="Lax"
        )


def _signer(settings: Settings) -> Signer:
    return Signer(settings.auth_secret, "csrf")


def _origin_of(url: str) -> str:
    try:
        return str(URL(url).origin())
    except ValueError:
        return "null"
