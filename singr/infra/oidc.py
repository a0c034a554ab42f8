"""OpenID Connect providers as we dial them: where they live, their keys, a code exchanged for a verified ID token.

What a provider publishes (OpenID Connect Discovery 1.0, 4; RFC 7517) is kept for ten minutes; a token signed with a
key we do not know has it read again, at most every half minute. Nobody waits longer than `WAIT_S` for one answer.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt
import msgspec
from aiohttp import ClientError, ClientResponse, ClientSession
from msgspec import Struct, field

from singr.core.errors import UpstreamUnavailable
from singr.core.providers import APPLE, Provider
from singr.infra import id_tokens
from singr.infra.id_tokens import Identity, Keys, NotVerified, UnknownKey

WAIT_S = 5
KEPT_S = 600
READ_AGAIN_S = 30
BODY_MOST = 1 << 18
# No answer, or one that nobody can work with.
UNUSABLE = (ClientError, TimeoutError, OSError, ValueError, msgspec.MsgspecError, jwt.PyJWTError)

log = logging.getLogger("singr.oidc")


class ProviderAway(UpstreamUnavailable):
    title = "The sign-in service does not answer"


class Sought(Struct, frozen=True):
    """One sign-in: what was sent along and has to come back. The verifier goes to nobody but the provider's server."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


class Metadata(Struct, frozen=True):
    """What we need of a provider's own description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_secret: list[str] = field(
        default_factory=lambda: ["client_secret_basic"], name="token_endpoint_auth_methods_supported"
    )
    names_itself: bool = field(default=False, name="authorization_response_iss_parameter_supported")


class Published(Struct, frozen=True):
    metadata: Metadata
    keys: Keys
    read_at_s: float


class Tokens(Struct):
    id_token: str


class Relation:
    """One provider and we."""

    def __init__(self, provider: Provider, http: ClientSession) -> None:
        self.provider, self._http = provider, http
        self._published: Published | None = None
        self._reading = asyncio.Lock()

    async def address(self, sought: Sought) -> str:
        """Where to send somebody who wants to sign in; raises ProviderAway."""
        metadata = (await self._read()).metadata
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sought.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": sought.redirect_uri,
            "scope": "openid name email" if self.provider.name == APPLE else "openid profile email",
            "state": sought.state,
            "nonce": sought.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        if self.provider.answers_by_form:
            asked["response_mode"] = "form_post"
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}"

    async def redeem(self, code: str, sought: Sought, *, issuer: str | None) -> Identity:
        """Whom a code stands for; `issuer` is what came with it. Raises NotVerified, ProviderAway."""
        published = await self._read()
        # RFC 9207: an answer of another issuer must not reach this one.
        if issuer != published.metadata.issuer and (issuer is not None or published.metadata.names_itself):
            raise NotVerified("the answer is another issuer's")
        token = await self._exchange(published.metadata, code, sought)
        try:
            return id_tokens.read(token, published.keys, self.provider, sought.nonce)
        except UnknownKey:
            published = await self._read(newer_than_s=time.monotonic() - READ_AGAIN_S)
            return id_tokens.read(token, published.keys, self.provider, sought.nonce)

    async def _exchange(self, metadata: Metadata, code: str, sought: Sought) -> str:
        """The ID token for a code (RFC 6749, 4.1.3; RFC 7636, 4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": sought.redirect_uri,
            "code_verifier": sought.verifier,
        }
        headers = self._credentials(metadata, form)
        try:
            async with (
                asyncio.timeout(WAIT_S),
                self._http.post(metadata.token_endpoint, data=form, headers=headers, allow_redirects=False) as answer,
            ):
                body = await _body(answer)
                if 400 <= answer.status < 500:
                    raise NotVerified(f"the code was not taken: {answer.status}")
                answer.raise_for_status()
            return msgspec.json.decode(body, type=Tokens).id_token
        except UNUSABLE as exc:
            raise self._away(exc) from exc

    def _credentials(self, metadata: Metadata, form: dict[str, str]) -> Mapping[str, str]:
        """Puts our name and secret into the form, or gives the header that holds them (RFC 6749, 2.3.1)."""
        provider = self.provider
        secret = id_tokens.client_secret(provider) if provider.private_key else provider.client_secret
        if secret and "client_secret_basic" in metadata.takes_secret:
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        form |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
        return {}

    async def _read(self, *, newer_than_s: float | None = None) -> Published:
        """What the provider publishes; raises ProviderAway. Who waits for another's reading waits no longer."""
        oldest_s = newer_than_s if newer_than_s is not None else time.monotonic() - KEPT_S
        try:
            async with asyncio.timeout(WAIT_S), self._reading:
                if self._published is None or self._published.read_at_s < oldest_s:
                    self._published = await self._fetch()
                return self._published
        except UNUSABLE as exc:
            raise self._away(exc) from exc

    async def _fetch(self) -> Published:
        issuer, at_s = self.provider.issuer, time.monotonic()
        found = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        metadata = msgspec.convert(found, Metadata)
        if metadata.issuer != issuer:
            raise ValueError(f"it calls itself {metadata.issuer}")
        endpoints = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
        if issuer.startswith("https:") and not all(url.startswith("https:") for url in endpoints):
            raise ValueError("it would have us use plain http")
        return Published(metadata, id_tokens.read_keys(await self._get(metadata.jwks_uri)), at_s)

    async def _get(self, url: str) -> Any:
        async with self._http.get(url, allow_redirects=False) as answer:
            answer.raise_for_status()
            return msgspec.json.decode(await _body(answer))

    def _away(self, why: BaseException) -> ProviderAway:
        log.warning("sign-in service away", extra={"provider": self.provider.name, "why": repr(why)})
        return ProviderAway(f"{self.provider.label} cannot be reached now. Try again in a minute.", retry_after_s=60)


@asynccontextmanager
async def opened(providers: tuple[Provider, ...]) -> AsyncIterator[dict[str, Relation]]:
    """Our relations by the providers' names; nothing is dialled until somebody signs in."""
    async with ClientSession(headers={"Accept": "application/json"}) as http:
        yield {provider.name: Relation(provider, http) for provider in providers}


async def _body(answer: ClientResponse) -> bytes:
    """The whole body; raises ValueError when it is larger than anything of a provider should be."""
    body = b""
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > BODY_MOST:
            raise ValueError("its answer is too large")
    return body
