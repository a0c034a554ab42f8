"""ID tokens, read with suspicion (OpenID Connect Core 1.0, 3.1.3.7), and the secrets that Apple has us sign."""

from __future__ import annotations

import hmac
import time
from typing import Annotated

import jwt
import msgspec
from msgspec import Meta, Struct

from singr.core.errors import AuthenticationFailed
from singr.core.providers import Provider

# Public-key signatures only: a token that says anything else of itself is not signed at all for us.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
# How far a provider's clock may be from ours.
CLOCKS_DIFFER_S = 60
SECRET_LIFE_S = 300

Keys = dict[str, jwt.PyJWK]
"""A provider's public keys by their `kid`; one without has the empty name."""


class NotVerified(AuthenticationFailed):
    """`why` is for the log: whoever bends tokens need not know."""

    title = "This sign-in cannot be trusted"

    def __init__(self, why: str) -> None:
        super().__init__("The sign-in service's answer was not what it should be. Start again.")
        self.why = why


class UnknownKey(NotVerified):
    """No key of this name; the provider may have a new one."""


class Identity(Struct, frozen=True):
    """Whom a token names. `email` counts only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    is_email_verified: bool
    name: str | None


class _Claims(Struct):
    # At most 255 ASCII characters (OpenID Connect Core 1.0, 2).
    sub: Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+\Z")]
    aud: str | list[str]
    nonce: str
    azp: str | None = None
    email: str | None = None
    # Apple writes it as a text.
    email_verified: bool | str | None = None
    name: str | None = None


def read_keys(jwks: object) -> Keys:
    """The signing keys of a JWK Set, without those we cannot use; raises PyJWKSetError when none is left."""
    usable = [key for key in jwt.PyJWKSet.from_dict(jwks).keys if key.public_key_use in (None, "sig")]  # type: ignore[arg-type]
    return {key.key_id or "": key for key in usable}


def read(token: str, keys: Keys, provider: Provider, nonce: str) -> Identity:
    """Whom a token names, once signature, issuer, audience, times and nonce are right; raises NotVerified."""
    try:
        key = _key(jwt.get_unverified_header(token).get("kid", ""), keys)
        raw = jwt.decode(
            token,
            key.key,
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=CLOCKS_DIFFER_S,
            options={"require": REQUIRED},
        )
        claims = msgspec.convert(raw, _Claims)
    except (jwt.PyJWTError, msgspec.ValidationError, UnicodeError) as exc:
        raise NotVerified(type(exc).__name__) from exc
    if not hmac.compare_digest(claims.nonce.encode(), nonce.encode()):
        raise NotVerified("the nonce is another sign-in's")
    # A token for several clients says in `azp` which of them asked for it.
    asked = claims.azp or (claims.aud if isinstance(claims.aud, str) or len(claims.aud) > 1 else claims.aud[0])
    if asked != provider.client_id:
        raise NotVerified("the token was given to another client")
    verified = claims.email_verified in (True, "true")
    return Identity(provider.issuer, claims.sub, claims.email, verified, claims.name)


def client_secret(provider: Provider) -> str:
    """What Apple takes for a secret: a JWT of five minutes, signed with the team's key."""
    now = int(time.time())
    claims = {
        "iss": provider.team_id,
        "iat": now,
        "exp": now + SECRET_LIFE_S,
        "aud": provider.issuer,
        "sub": provider.client_id,
    }
    return jwt.encode(claims, provider.private_key, "ES256", headers={"kid": provider.key_id})


def _key(kid: object, keys: Keys) -> jwt.PyJWK:
    if kid == "" and len(keys) == 1:
        return next(iter(keys.values()))
    if not isinstance(kid, str) or kid not in keys:
        raise UnknownKey("signed with an unknown key")
    return keys[kid]
