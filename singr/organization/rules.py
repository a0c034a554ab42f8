"""Who may change whom: nobody gives what they lack, nobody touches the owner or themselves."""

from __future__ import annotations

from collections.abc import Iterable

from singr.core.actor import Actor
from singr.core.errors import AuthorizationDenied, Conflict, Problem
from singr.core.permissions import ROLES, Permission
from singr.organization.shapes import Member


class OwnerProtected(Conflict):
    title = "The owner stays as they are"


def permitted(role: str, direct: Iterable[str]) -> frozenset[Permission]:
    """What a member with this role and these direct permissions may do."""
    _, of_role = ROLES.get(role, ("", frozenset()))
    return of_role | {Permission(slug) for slug in direct if slug in set(Permission)}


def refusal(actor: Actor, member: Member | None, becomes: frozenset[Permission]) -> Problem | None:
    """Why `actor` may not make a member (None: a new one) somebody who may do `becomes`, or None."""
    if member and member.is_owner:
        return OwnerProtected()
    if member and member.user_id == actor.user_id:
        return AuthorizationDenied("nobody changes their own membership")
    if member and not permitted(member.role, member.permissions) <= actor.permissions:
        return AuthorizationDenied("they may do more than you")
    if not becomes <= actor.permissions:
        return AuthorizationDenied("you cannot give what you do not have")
    return None
