"""Access tokens: ES256 JWTs of a quarter of an hour, verified once and remembered until they end."""

from __future__ import annotations

import time
from uuid import UUID

import jwt
import msgspec
from msgspec import Struct

from singr.core import ids
from singr.core.actor import Actor, Context
from singr.core.errors import AuthenticationFailed
from singr.core.permissions import Permission
from singr.core.settings import Settings
from singr.identity.epochs import Epochs
from singr.identity.keys import SigningKeys
from singr.identity.people import Person
from singr.identity.revocations import Revocations
from singr.realtime.state import Holder

ALGORITHM = "ES256"
REMEMBERED_MAX = 10_000
# How far the clocks of two of our machines may differ before one refuses what the other has just issued.
CLOCKS_DIFFER_S = 30
REQUIRED = ["sub", "jti", "sid", "exp", "iat", "iss", "aud"]


class Claims(Struct, rename="camel"):
    """What a token says (design: api.md). `sid` names the session (its refresh family), hashed; `epoch` is the person's
    when it was made."""

    sub: UUID
    email: str
    name: str | None
    role: str
    roles: list[str]
    permissions: list[str]
    active_context: Context | None
    jti: str
    sid: str
    iat: int
    exp: int
    iss: str
    aud: str
    epoch: int = 0


def issue(settings: Settings, person: Person, session: str) -> str:
    """A token for `person` as it stands now, tied to `session`."""
    keys, now = SigningKeys.of(settings), int(time.time())
    claims = Claims(
        sub=person.id,
        email=person.email,
        name=person.name,
        role=person.role,
        roles=person.roles,
        permissions=person.permissions,
        active_context=person.context,
        jti=ids.token(16),
        sid=session,
        iat=now,
        exp=now + settings.access_token_ttl_s,
        iss=settings.jwt_issuer,
        aud=settings.jwt_audience,
        epoch=person.row.epoch,
    )
    return jwt.encode(msgspec.to_builtins(claims), keys.private, ALGORITHM, headers={"kid": keys.kid})


class Doorkeeper:
    """Reads access tokens; one instance a process."""

    def __init__(self, settings: Settings, revoked: Revocations, epochs: Epochs) -> None:
        self._settings, self._keys = settings, SigningKeys.of(settings)
        self._revoked, self._epochs = revoked, epochs
        self._remembered: dict[str, Actor] = {}

    def read(self, token: str) -> Actor:
        """The actor a token names; raises AuthenticationFailed when it is forged, expired or revoked, and
        UpstreamUnavailable while revocations are not known here."""
        self._revoked.check_known()
        actor = self._remembered.get(token)
        if actor is None:
            actor = self._verify(token)
            if len(self._remembered) >= REMEMBERED_MAX:
                self._remembered.clear()
            self._remembered[token] = actor
        if actor.expires_at <= time.time():
            raise AuthenticationFailed("the token has expired")
        if why := self._over(actor):
            raise AuthenticationFailed(why)
        return actor

    def goes_on(self, holder: Holder) -> bool:
        """Whether the session behind a live connection goes on, with what its person may do unchanged."""
        return self._over(holder) is None

    def _over(self, who: Actor | Holder) -> str | None:
        if self._revoked.has(who.token_id) or self._revoked.has(who.session):
            return "the token was revoked"
        if who.user_id and self._epochs.has_passed(who.user_id, who.epoch):
            return "what you may do has changed: refresh the token"
        return None

    def _verify(self, token: str) -> Actor:
        try:
            key = self._keys.public[jwt.get_unverified_header(token).get("kid", "")]
            raw = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._settings.jwt_audience,
                issuer=self._settings.jwt_issuer,
                leeway=CLOCKS_DIFFER_S,
                options={"require": REQUIRED},
            )
            claims = msgspec.convert(raw, Claims)
        except (jwt.PyJWTError, msgspec.ValidationError, KeyError, UnicodeError) as exc:
            raise AuthenticationFailed("the token is not valid") from exc
        known = frozenset(Permission(slug) for slug in claims.permissions if slug in set(Permission))
        return Actor(
            kind="user",
            id=str(claims.sub),
            user_id=claims.sub,
            roles=frozenset(claims.roles),
            permissions=known,
            context=claims.active_context,
            token_id=claims.jti,
            session=claims.sid,
            epoch=claims.epoch,
            expires_at=claims.exp,
        )
