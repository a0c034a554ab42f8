"""A call: who asks and what is at hand. Domain functions take it instead of a web request, so that REST, live
connections, OpenKJ and jobs use the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from singr.core.actor import Actor
from singr.core.errors import AuthorizationDenied
from singr.http.address import network
from singr.http.cookies import Browser
from singr.infra.kit import Kit


class Call(Struct, frozen=True):
    """`device` is the caller's verified device id, `address` the client's IP address as text, `cookies` what a browser
    has brought along.

    `browser` is there when one of our own pages calls; `by_cookie` says that its session cookie names the actor.
    """

    actor: Actor
    kit: Kit
    request_id: str = ""
    device: str | None = None
    address: str = ""
    idempotency_key: str | None = None
    browser: Browser | None = None
    by_cookie: bool = False
    cookies: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"Call({self.actor}, {self.request_id!r})"

    @property
    def network(self) -> str:
        """What limits by address count as one caller: of an IPv6 address its line."""
        return network(self.address)

    @property
    def tenant(self) -> UUID:
        """The organization the actor works for; raises AuthorizationDenied outside a customer context."""
        return self._acting_as("customer")

    @property
    def singer(self) -> UUID:
        """The singer profile the actor sings as; raises AuthorizationDenied outside a singer context."""
        return self._acting_as("singer")

    def _acting_as(self, kind: str) -> UUID:
        context = self.actor.context
        if context is None or context.type != kind:
            raise AuthorizationDenied(f"switch to a {kind} context first")
        return context.id

    @property
    def audit(self) -> dict[str, str]:
        """The parameters with which a hot single statement sets its own actor."""
        return {"user_id": str(self.actor.user_id or ""), "actor": str(self.actor)}
