"""Admission as one pure function: may this actor use that route?"""

from __future__ import annotations

from msgspec import Struct

from singr.core.actor import Actor
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, Problem
from singr.core.permissions import Permission


class Rule(Struct, frozen=True):
    """Who may use a route. `inside`: the handler admits, in its own protocol's form (OpenKJ's API key)."""

    name: str
    anonymous: bool = False
    permission: Permission | None = None
    inside: bool = False

    def __str__(self) -> str:
        return self.name


PUBLIC = Rule("public", anonymous=True)
SIGNED_IN = Rule("signed in")
KEY = Rule("api key", anonymous=True, inside=True)


def holds(permission: Permission) -> Rule:
    """Members of the active organization who hold `permission`."""
    return Rule(str(permission), permission=permission)


def refusal(actor: Actor, rule: Rule) -> Problem | None:
    """Why `actor` may not pass, or None."""
    if rule.anonymous:
        return None
    if actor.kind == "guest":
        return AuthenticationFailed()
    if rule.permission is None:
        return None
    if actor.context is None or actor.context.type != "customer":
        return AuthorizationDenied("switch to a customer context first")
    if rule.permission not in actor.permissions:
        return AuthorizationDenied(f"needs {rule.permission}")
    return None
