"""The gate alone: rows of a test's own behind a real socket, without a database or Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from msgspec import Struct

from singr.core.actor import Actor
from singr.core.errors import AuthenticationFailed
from singr.core.settings import Settings
from singr.http.address import Proxies
from singr.http.call import Call
from singr.http.cookies import SessionCookies
from singr.http.device import Devices
from singr.http.endpoint import Gate
from singr.http.guard import PUBLIC
from singr.http.mount import mount
from singr.http.route import Cache, Route, Row
from singr.infra.kit import Kit
from singr.infra.limits import Limiter, Rate, Verdict

Client = TestClient[Any, Any]
PLENTY = Rate(1000, per_s=60, by="address")


class Note(Struct, rename="camel", forbid_unknown_fields=True):
    text: str = ""


class Seen(Struct, rename="camel"):
    """What the handler was told about its caller."""

    actor: str
    device: str | None
    address: str
    request_id: str
    key: str | None


class Own(Limiter):
    """Judges in this process, by a clock that stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now_s = 0.0
        super().__init__(cast(Any, _Scripts()), lambda: self.now_s)

    async def take(self, key: str, rate: Rate) -> Verdict:
        return self.take_here(key, rate)


class _Scripts:
    def register_script(self, _text: str) -> None: ...


async def tell(call: Call) -> Seen:
    """Who calls."""
    return Seen(str(call.actor), call.device, call.address, call.request_id, call.idempotency_key)


async def echo(_call: Call, *, body: Note) -> Note:
    """The body again."""
    return body


async def still(_call: Call) -> Note:
    """Always the same."""
    return Note("still")


def read(token: str) -> Actor:
    """Ann by a good token, in a session of that name."""
    if token.startswith("good"):
        return Actor(kind="user", id="ann", session=token)
    raise AuthenticationFailed


TELL = Route("GET", "/v1/tell", tell, may=PUBLIC, rate=PLENTY, returns=Seen)
GUEST = Route("POST", "/v1/public/guest", tell, may=PUBLIC, rate=Rate(60, per_s=60, by="device"), returns=Seen)
ECHO = Route("POST", "/v1/echo", echo, may=PUBLIC, rate=PLENTY, body=Note, returns=Note, body_limit=1000)
STILL = Route("GET", "/v1/public/still", still, may=PUBLIC, rate=PLENTY, returns=Note, cache=Cache(max_age_s=60))


@asynccontextmanager
async def served(*rows: Row, limits: Limiter | None = None, **settings: Any) -> AsyncIterator[Client]:
    """A client of these rows. Without a cookie jar: every call looks like a new phone's."""
    known = Settings(**settings)
    nobody = cast(Any, None)
    rest = dict.fromkeys(("db", "redis", "bus", "jobs", "aside", "cache"), nobody)
    kit = Kit(known, limits=limits or Own(), **rest)
    app = web.Application()
    devices = Devices(known.auth_secret, secure=known.base_url.startswith("https:"))
    mount(app, rows, Gate(kit, read, devices, SessionCookies(known), Proxies(known.proxies)))
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield client


def slug(problem: dict[str, Any]) -> str:
    return str(problem["type"].rpartition("/")[2])
