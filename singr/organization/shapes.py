"""What organization routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from singr.core.permissions import Permission
from singr.identity.forms import Name, NewEmail, NewPassword, OneUse, Zone

MemberRole = Literal["customer_manager", "customer_staff"]
Direct = Annotated[list[Permission], Meta(max_length=len(Permission))]


class Organization(Struct, rename="camel"):
    """`timeZone` (an IANA name) is that of its venues without one of their own."""

    id: UUID
    name: str
    time_zone: str


class ChangeOrganization(Struct, rename="camel", forbid_unknown_fields=True):
    time_zone: Zone


class Moved(Struct):
    """A venue whose watchers see a difference: its place in its stream."""

    venue_id: UUID
    epoch: str
    version: int


class Invite(Struct, rename="camel", forbid_unknown_fields=True):
    """`permissions` extend what the role permits."""

    email: NewEmail
    role: MemberRole
    permissions: Direct = []


class ChangeMember(Struct, rename="camel", forbid_unknown_fields=True):
    """What is left out stays as it is."""

    role: MemberRole | UnsetType = UNSET
    permissions: Direct | UnsetType = UNSET
    status: Literal["active", "suspended"] | UnsetType = UNSET


class Accept(Struct, rename="camel", forbid_unknown_fields=True):
    """`password` and `name` are for whoever has no account yet."""

    token: OneUse
    password: NewPassword | None = None
    name: Name | None = None


class Member(Struct, rename="camel"):
    """`permissions` are the direct ones, beyond what the role permits. An invited person's name is theirs to tell."""

    id: UUID
    user_id: UUID
    email: str
    name: str | None
    role: str
    status: str
    permissions: list[str]
    is_owner: bool
    invitation_expires_at: datetime | None
