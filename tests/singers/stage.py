"""Singers with accounts, on phones of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from singr.core.secrets import Signer
from singr.http.device import HEADER
from singr.identity import people, tokens
from tests.house import House

NEW = """
WITH person AS (INSERT INTO users (email) VALUES ($1) RETURNING users_id)
INSERT INTO singer_profiles (users_id, nickname) SELECT users_id, $2 FROM person RETURNING users_id
"""
SECOND_VENUE = """
INSERT INTO venues (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code)
SELECT customer_profiles_id, 1002, 'second', 'The Second', '', '', '', '' FROM venues RETURNING venues_id::text
"""


async def singer(house: House, nickname: str = "Bo", phone: str = "") -> dict[str, str]:
    """What a new singer's app sends: a session, and the device where there is one."""
    user_id: UUID = await house.value(NEW, f"{uuid4().hex}@example.com", nickname)
    person = await people.load(house.kit.db, user_id, None)
    assert person.context
    assert person.context.type == "singer"
    token = tokens.issue(house.kit.settings, person, uuid4().hex)
    return {"Authorization": f"Bearer {token}"} | device(house, phone)


def device(house: House, phone: str) -> dict[str, str]:
    return {HEADER: Signer(house.kit.settings.auth_secret, "device").sign(phone)} if phone else {}


async def guest(house: House, phone: str, **song: Any) -> dict[str, Any]:
    """A guest's request from a phone."""
    body = {"singerName": "Bo", "artist": "Queen", "title": "Innuendo"} | song
    path = "/v1/public/venues/test-karaoke-bar/requests"
    status, receipt = await house.call("POST", path, json=body, headers=device(house, phone))
    assert status == 201, receipt
    return dict(receipt)


async def ask(house: House, who: dict[str, str], **song: Any) -> tuple[int, Any]:
    """A request of a singer with an account."""
    body = {"venue": "test-karaoke-bar", "artist": "Queen", "title": "Innuendo"} | song
    return await house.call("POST", "/v1/singer/requests", json=body, headers=who)


async def own(house: House, who: dict[str, str], path: str = "requests") -> list[Any]:
    status, page = await house.call("GET", f"/v1/singer/{path}", headers=who)
    assert status == 200, page
    return list(page["items"])
