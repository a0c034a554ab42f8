"""What identity routes take and give (design: api.md, "Shapes that clients rely on")."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from singr.core.actor import Context

# ASCII alone: what is upper and lower case elsewhere Python and PostgreSQL see differently.
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+\Z")]
# Whatever a person typed once may be presented again; the upper bound keeps hashing cheap.
Password = Annotated[str, Meta(min_length=1, max_length=256)]


class SignIn(Struct, rename="camel", forbid_unknown_fields=True):
    """`cookie` asks for cookies and a CSRF token instead of tokens: for browsers."""

    email: Email
    password: Password
    cookie: bool = False


class RefreshIn(Struct, rename="camel", forbid_unknown_fields=True):
    """Either the token, or `cookie`: then the refresh cookie counts, and cookies come back."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    cookie: bool = False


class SwitchContext(Struct, rename="camel", forbid_unknown_fields=True):
    type: Literal["customer", "singer", "admin"]
    id: UUID


class AccessToken(Struct, rename="camel"):
    """`expiresIn` is its life in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105


class CookieAccess(Struct, rename="camel"):
    """Whoever came by cookie gets the token by cookie. `csrfToken` goes into `X-CSRF-Token`."""

    csrf_token: str
    expires_in: int


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


class CookieSession(Struct, rename="camel"):
    """A session whose tokens are in HttpOnly cookies. `csrfToken` goes into `X-CSRF-Token`; it stays the same as long
    as the session, and the cookie `…singr_csrf` holds it for pages that are loaded again."""

    csrf_token: str
    expires_in: int
    user: SessionUser


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
