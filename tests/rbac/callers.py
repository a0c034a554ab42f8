"""Everybody who may knock, with what they carry."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import asyncpg
import jwt
from msgspec.structs import replace

from singr.core.settings import Settings
from singr.http.cookies import CSRF_HEADER, SessionCookies, csrf_token
from singr.identity import people, tokens
from tests.house import House

MEMBERS = {
    "staff": ("customer_staff", "active"),
    "manager": ("customer_manager", "active"),
    "suspended": ("customer_owner", "suspended"),
    "revoked": ("customer_owner", "revoked"),
}
GLOBAL = {"singer": "singer", "support": "support_admin", "admin": "admin", "other owner": "customer_owner"}
BY_COOKIE = ("owner by cookie", "owner by cookie from elsewhere")
NO_GOOD = ("expired token", "wrong audience", "on hold")
CALLERS = ("anonymous", "owner", *MEMBERS, *GLOBAL, *NO_GOOD, "held organization", *BY_COOKIE)

NEW_USER = "INSERT INTO users (email) VALUES ($1) RETURNING users_id"
ROLE = "INSERT INTO user_roles (users_id, roles_id) SELECT $1, roles_id FROM roles WHERE slug = $2"
JOIN = """
INSERT INTO organization_users (customer_profiles_id, users_id, role_id, status)
SELECT p.customer_profiles_id, $1, r.roles_id, $3::organization_user_status
FROM customer_profiles p CROSS JOIN roles r WHERE r.slug = $2
"""


async def headers_of(caller: str, house: House) -> dict[str, str]:
    """What this caller sends."""
    if caller == "anonymous":
        return {}
    settings = house.kit.settings
    link = await asyncpg.connect(settings.database_url, timeout=10)
    try:
        await link.execute("SELECT set_config('app.actor', 'system:test', false)")
        user_id = await _made(caller, link)
    finally:
        await link.close(timeout=10)
    token = await _token(house, user_id, _settings(caller, settings))
    return _by_cookie(token, caller, settings) if caller in BY_COOKIE else {"Authorization": f"Bearer {token}"}


def _by_cookie(token: str, caller: str, settings: Settings) -> dict[str, str]:
    session = jwt.decode(token, options={"verify_signature": False})["sid"]
    origin = "https://elsewhere.example" if caller.endswith("elsewhere") else settings.public_url
    cookie = f"{SessionCookies(settings).access}={token}"
    return {"Cookie": cookie, "Origin": origin, CSRF_HEADER: csrf_token(settings, session)}


async def _made(caller: str, link: Any) -> UUID:
    host: UUID = await link.fetchval("SELECT users_id FROM users WHERE email = 'customer@example.com'")
    if caller in ("owner", "expired token", "wrong audience", *BY_COOKIE):
        return host
    if caller == "held organization":
        await link.execute("UPDATE customer_profiles SET suspended_at = now()")
        return host
    user_id: UUID = await link.fetchval(NEW_USER, f"the.{caller.replace(' ', '.')}@example.com")
    if caller in MEMBERS:
        await link.execute(JOIN, user_id, *MEMBERS[caller])
    elif caller in GLOBAL:
        await link.execute(ROLE, user_id, GLOBAL[caller])
    if caller == "singer":
        await link.execute("INSERT INTO singer_profiles (users_id) VALUES ($1)", user_id)
    if caller == "other owner":
        await link.execute("INSERT INTO customer_profiles (users_id) VALUES ($1)", user_id)
    return user_id


async def _token(house: House, user_id: UUID, settings: Settings) -> str:
    person = await people.load(house.kit.db, user_id, None)
    if person.email.startswith("the.on.hold"):
        await house.value(f"UPDATE users SET disabled_at = now() WHERE users_id = '{user_id}'")  # noqa: S608
    return tokens.issue(settings, person, f"session-{time.monotonic_ns()}")


def _settings(caller: str, settings: Settings) -> Settings:
    if caller == "expired token":
        return replace(settings, access_token_ttl_s=-60)
    if caller == "wrong audience":
        return replace(settings, jwt_audience="somebody.else")
    return settings
