"""What we keep while somebody is away at a provider, and how we know their browser again.

Each sign-in sets a cookie of its own, which no script reads; we keep its hash. Whatever comes back (the provider's
answer, then our own code) counts once, and only beside that cookie: neither works in another browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from singr.core import ids
from singr.core.errors import AuthenticationFailed
from singr.core.secrets import digest
from singr.core.settings import Settings
from singr.infra.oidc import Sought
from singr.infra.redis import Client, reachable

Kept = TypeVar("Kept", "Flow", "Waiting")

# People look for passwords and phones while they are away; our own page fetches its session at once.
FLOW_LIFE_S = 600
CODE_LIFE_S = 60

Account = Literal["singer", "customer"]


class Ticket(Struct, frozen=True):
    """A cookie to set. `travels`: it has to come along when another site sends people here with a form."""

    name: str
    secret: str
    is_secure: bool
    travels: bool

    @classmethod
    def new(cls, settings: Settings, *, travels: bool) -> Ticket:
        """A new one each time: what a browser brings along, others may have put there."""
        is_secure = travels or settings.base_url.startswith("https:")
        # Browsers take `__Host-` only from this host itself, over https: nobody else can plant one.
        name = f"{'__Host-' if is_secure else ''}singr_oauth_{ids.token(6)}"
        return cls(name, ids.token(), is_secure, travels)

    @property
    def browser(self) -> Browser:
        return Browser(self.name, digest(self.secret))


class Browser(Struct, frozen=True):
    """The browser that has a ticket."""

    cookie: str
    secret_hash: str

    def is_the_one(self, cookies: Mapping[str, str]) -> bool:
        secret = cookies.get(self.cookie, "")
        return secret.isascii() and digest(secret) == self.secret_hash


class Flow(Struct):
    """A sign-in on its way to a provider. `page` of ours finishes it; `account` is what somebody new becomes."""

    browser: Browser
    provider: str
    sought: Sought
    page: str
    account: Account


class Waiting(Struct):
    """Who has come back, in which generation, until the page asks for the session."""

    browser: Browser
    user_id: str
    generation: int


class NotHere(AuthenticationFailed):
    title = "Start again"

    def __init__(self) -> None:
        super().__init__("This sign-in did not begin in this browser, is finished already or took too long.")


async def keep(redis: Client, secret: str, what: Flow | Waiting) -> None:
    """Keep it for whoever shows `secret`; raises UpstreamUnavailable without Redis."""
    life_s = FLOW_LIFE_S if isinstance(what, Flow) else CODE_LIFE_S
    with reachable():
        await redis.set(_key(type(what), secret), msgspec.json.encode(what), ex=life_s)


async def take(redis: Client, kind: type[Kept], secret: str, cookies: Mapping[str, str]) -> Kept:
    """What was kept, once, in the browser it was kept for; raises NotHere, UpstreamUnavailable."""
    with reachable():
        kept: bytes | None = await redis.getdel(_key(kind, secret))  # type: ignore[assignment]
    if kept is None:
        raise NotHere
    what = msgspec.json.decode(kept, type=kind)
    if not what.browser.is_the_one(cookies):
        raise NotHere
    return what


def _key(kind: type[Struct], secret: str) -> str:
    return f"oauth:{kind.__name__.lower()}:{digest(secret)}"
