"""What identity routes take and give (design: api.md, "Shapes that clients rely on")."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from singr.core.actor import Context

# PostgreSQL takes no NUL in a text.
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\s\x00@]+@[^\s\x00@]+$")]
# Whatever a person typed once may be presented again; the upper bound keeps hashing cheap.
Password = Annotated[str, Meta(min_length=1, max_length=256)]


class SignIn(Struct, rename="camel", forbid_unknown_fields=True):
    email: Email
    password: Password


class RefreshIn(Struct, rename="camel", forbid_unknown_fields=True):
    refresh_token: Annotated[str, Meta(min_length=1, max_length=200)]


class SwitchContext(Struct, rename="camel", forbid_unknown_fields=True):
    type: Literal["customer", "singer", "admin"]
    id: UUID


class AccessToken(Struct, rename="camel"):
    """`expiresIn` is its life in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105


class SessionUser(Struct, rename="camel"):
    id: UUID
    email: str
    name: str | None
    roles: list[str]


class Session(Struct, rename="camel"):
    """`expiresIn` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: SessionUser
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105


class SingerProfile(Struct, rename="camel"):
    id: UUID
    nickname: str | None
    avatar_url: str | None


class CustomerProfile(Struct, rename="camel"):
    id: UUID
    name: str


class Organization(Struct, rename="camel"):
    id: UUID
    name: str
    role: str
    status: str


class Profile(Struct, rename="camel"):
    id: UUID
    email: str
    name: str | None
    display_name: str | None
    phone_number: str | None
    image_url: str | None
    is_email_verified: bool
    roles: list[str]
    active_context: Context | None
    customer_profile: CustomerProfile | None
    singer_profile: SingerProfile | None
    organizations: list[Organization]
    permissions: list[str]


class JWKS(Struct):
    keys: list[dict[str, str]]
