"""What people and Singr see of the provider: dex behind a front, which can lie.

Left alone the front hands everything on as it is, and dex' own tokens arrive. Told to, it signs other tokens with a key
that it publishes beside dex', or says nothing at all. To Apple's clients it is Apple: it takes a signed secret, and
answers with a form.
"""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from yarl import URL

from tests.openid.dex import SECRET, Dex

KID = "of-the-front"
KEY = rsa.generate_private_key(65537, 2048)
HOPS = {"transfer-encoding", "content-length", "content-encoding", "connection", "host", "date"}
FORM = '<body onload="document.forms[0].submit()"><form method="post" action="{}">{}</form>'

Bend = Callable[[dict[str, Any]], str]
"""A token in place of the one with these claims."""


def signed(claims: dict[str, Any], *, key: Any = KEY, kid: str = KID, alg: str = "RS256") -> str:
    return jwt.encode(claims, key, alg, headers={"kid": kid})


@dataclass
class Front:
    """`asked` holds the forms that came to the token endpoint; `reads` counts what was published."""

    dex: Dex
    bend: Bend | None = None
    description: dict[str, Any] = field(default_factory=dict)
    publishes_own_key: bool = True
    token_status: int | None = None
    silent: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    _waiting: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def issuer(self) -> str:
        return self.dex.issuer

    async def answer(self, request: web.Request) -> web.Response:
        if self.silent:
            await self._waiting.wait()
        if request.path.endswith("/openid-configuration"):
            return await self._describe(request)
        if request.path.endswith("/keys"):
            return await self._publish(request)
        if request.path.endswith("/token"):
            return await self._token(request)
        return _by_form(request, await self._hand_on(request))

    def release(self) -> None:
        """Whoever still waits is answered."""
        self._waiting.set()

    async def _describe(self, request: web.Request) -> web.Response:
        self.reads.append("description")
        told = json.loads((await self._hand_on(request)).text or "{}")
        return web.json_response(told | self.description)

    async def _publish(self, request: web.Request) -> web.Response:
        self.reads.append("keys")
        told = json.loads((await self._hand_on(request)).text or "{}")
        own = json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": KID, "use": "sig", "alg": "RS256"}
        return web.json_response({"keys": [*told["keys"], own] if self.publishes_own_key else told["keys"]})

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.token_status:
            return web.json_response({"error": "server_error"}, status=self.token_status)
        # Apple's secret is a token; dex wants its own.
        sent = form | {"client_secret": SECRET} if form.get("client_secret", "").startswith("eyJ") else form
        response = await self._hand_on(request, form=sent)
        if self.bend is None or response.status != 200:
            return response
        told = json.loads(response.text or "{}")
        claims = jwt.decode(told["id_token"], options={"verify_signature": False})
        return web.json_response(told | {"id_token": self.bend(claims)})

    async def _hand_on(self, request: web.Request, form: dict[str, str] | None = None) -> web.Response:
        url = URL(self.dex.upstream).join(request.rel_url)
        if url.query.get("response_mode") == "form_post":  # for Apple's clients; dex would not know the scope
            url = url.update_query(scope="openid profile email")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOPS}
        data: Any = form or await request.read()
        if form:
            headers.pop("Content-Type")
        async with (
            ClientSession(timeout=ClientTimeout(total=20), auto_decompress=True) as http,
            http.request(request.method, url, headers=headers, data=data, allow_redirects=False) as answer,
        ):
            kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOPS]
            return web.Response(status=answer.status, headers=kept, body=await answer.read())


def _by_form(request: web.Request, response: web.Response) -> web.Response:
    """Apple's way back: a page that sends a form, instead of a redirect."""
    back = URL(response.headers.get("Location", ""))
    if not back.path.endswith("/oauth/apple/callback"):
        return response
    fields = {**back.query, "user": json.dumps({"name": {"firstName": "Ann", "lastName": "Apple"}})}
    inputs = "".join(f'<input type="hidden" name="{n}" value="{html.escape(v)}">' for n, v in fields.items())
    page = FORM.format(html.escape(str(back.with_query(None))), inputs)
    return web.Response(text=page, content_type="text/html")


@asynccontextmanager
async def standing(dex: Dex) -> AsyncIterator[Front]:
    """The front, where `dex.issuer` says."""
    front = Front(dex)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", front.answer)
    async with TestServer(app, port=URL(dex.issuer).port):
        yield front
        front.release()
