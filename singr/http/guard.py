"""Admission as one pure function: may this actor use that route?"""

from __future__ import annotations

from msgspec import Struct

from singr.core.actor import Actor
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, Problem
from singr.core.permissions import Permission


class Rule(Struct, frozen=True):
    """Who may use a route: `context` is what they must act as, with `permission` there if given. `inside`: the handler
    admits, in its own protocol's form (OpenKJ's API key)."""

    name: str
    anonymous: bool = False
    permission: Permission | None = None
    context: str | None = None
    inside: bool = False

    def __str__(self) -> str:
        return self.name


PUBLIC = Rule("public", anonymous=True)
SIGNED_IN = Rule("signed in")
SINGER = Rule("singer", context="singer")
KEY = Rule("api key", anonymous=True, inside=True)


def holds(permission: Permission) -> Rule:
    """Members of the active organization who hold `permission`."""
    return Rule(str(permission), permission=permission, context="customer")


def refusal(actor: Actor, rule: Rule) -> Problem | None:
    """Why `actor` may not pass, or None."""
    if rule.anonymous:
        return None
    if actor.kind == "guest":
        return AuthenticationFailed()
    if rule.context and (actor.context is None or actor.context.type != rule.context):
        return AuthorizationDenied(f"switch to a {rule.context} context first")
    if rule.permission and rule.permission not in actor.permissions:
        return AuthorizationDenied(f"needs {rule.permission}")
    return None
