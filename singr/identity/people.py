"""People as the database knows them now: their roles, the organizations they work for, what they may do there."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from singr.core.actor import Context
from singr.core.errors import AuthenticationFailed
from singr.infra.sql import Runs, many, maybe


class Account(Struct):
    id: UUID
    email: str
    name: str | None
    password_hash: str | None
    generation: int


class PersonRow(Struct):
    id: UUID
    email: str
    name: str | None
    display_name: str | None
    phone_number: str | None
    image_url: str | None
    is_email_verified: bool
    roles: list[str]
    singer_profile_id: UUID | None
    nickname: str | None
    avatar_url: str | None
    epoch: int = 0
    generation: int = 0
    is_disabled: bool = False


class Membership(Struct):
    """An organization a person works for; `permissions` are the role's and the direct ones together."""

    id: UUID
    name: str
    role: str
    status: str
    permissions: list[str]
    is_owner: bool


class Person(Struct):
    """Somebody who signed in, acting in `context`."""

    row: PersonRow
    memberships: list[Membership]
    context: Context | None

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def email(self) -> str:
        return self.row.email

    @property
    def name(self) -> str | None:
        return self.row.name

    @property
    def roles(self) -> list[str]:
        here = self.membership
        return sorted({*self.row.roles, *([here.role] if here else [])})

    @property
    def role(self) -> str:
        """The role that counts in this context."""
        here = self.membership
        if here:
            return here.role
        return next(iter(self.row.roles), "singer")

    @property
    def membership(self) -> Membership | None:
        if self.context is None or self.context.type != "customer":
            return None
        return next((m for m in self.memberships if m.id == self.context.id), None)

    @property
    def works(self) -> bool:
        """Whether they own an organization or have joined one; being invited is not enough."""
        return any(m.status != "invited" for m in self.memberships)

    @property
    def permissions(self) -> list[str]:
        here = self.membership
        return here.permissions if here else []


BY_EMAIL = maybe("account_by_email", Account)
PERSON = maybe("person", PersonRow)
MEMBERSHIPS = many("person_memberships", Membership)


async def load(on: Runs, user_id: UUID, context: Context | None, *, generation: int | None = None) -> Person:
    """The person, in `context` if it is still theirs, else in the first one they have. `generation`: when they showed
    who they are, which counts until everything of theirs is ended. Raises AuthenticationFailed."""
    row = await PERSON(on, user_id=user_id)
    if row is None:
        raise AuthenticationFailed("the account is gone")
    if row.is_disabled:
        raise AuthenticationFailed("the account is on hold")
    if generation not in (None, row.generation):
        raise AuthenticationFailed("you were signed out everywhere")
    memberships = await MEMBERSHIPS(on, user_id=user_id)
    contexts = possible_contexts(row, memberships)
    return Person(row, memberships, context if context in contexts else next(iter(contexts), None))


def possible_contexts(row: PersonRow, memberships: list[Membership]) -> list[Context]:
    """What this person can act as, the likeliest first."""
    contexts = [Context("customer", m.id) for m in memberships if m.status == "active"]
    if row.singer_profile_id:
        contexts.append(Context("singer", row.singer_profile_id))
    if {"admin", "support_admin"} & set(row.roles):
        contexts.append(Context("admin", row.id))
    return contexts
