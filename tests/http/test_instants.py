"""Moments at the edge of time: 1 January of year 1 in Tokyo is none in UTC, and nobody's failure."""

from __future__ import annotations

from typing import Any

import pytest

from singr.core import paging
from tests.house import VENUE, House

EARLY, LATE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
NIL = "00000000-0000-0000-0000-000000000000"
REQUESTS, KEYS, HISTORY = "/v1/customer/requests", "/v1/customer/api-keys", "/v1/singer/history"


def field(problem: dict[str, Any]) -> str:
    return str(problem["errors"][0]["field"])


@pytest.mark.parametrize(
    ("who", "path", "name", "at"),
    [
        ("host", REQUESTS, "from", EARLY),
        ("host", f"{REQUESTS}?status=all", "to", LATE),
        ("singer", HISTORY, "from", EARLY),
        ("singer", f"{HISTORY}/export.csv", "to", LATE),
        ("host", f"{REQUESTS}?status=all", "cursor", paging.cursor(EARLY, 1)),
        ("host", f"{VENUE}/blocks", "cursor", paging.cursor(LATE, NIL)),
        ("host", KEYS, "cursor", paging.cursor(EARLY, NIL)),
        ("host", KEYS, "cursor", paging.cursor("2026-01-01T00:00:00", NIL)),
        ("singer", HISTORY, "cursor", paging.cursor(LATE, NIL)),
        ("singer", "/v1/singer/favorites/songs", "cursor", paging.cursor(EARLY, NIL)),
    ],
)
async def test_a_question_about_no_time_of_ours_is_refused(
    who: str, path: str, name: str, at: str, house: House
) -> None:
    path = path.replace(VENUE, f"/v1/customer/venues/{await house.venue_id()}")
    separator = "&" if "?" in path else "?"
    asked = f"{path}{separator}{name}={at.replace('+', '%2B')}"
    async with house.client.get(asked, headers=await house.sign_in(who)) as answer:
        assert (answer.status, field(await answer.json(content_type=None))) == (422, name)


async def test_nothing_is_set_to_end_at_no_time_of_ours(house: House) -> None:
    headers, venue = await house.sign_in(), f"/v1/customer/venues/{await house.venue_id()}"
    wrong: list[tuple[str, str, dict[str, Any], str]] = [
        ("POST", f"{venue}/blocks", {"singerName": "Zed", "until": LATE}, "until"),
        ("POST", KEYS, {"description": "Laptop", "expiresAt": LATE}, "expiresAt"),
        ("PATCH", venue, {"rules": {"lastCallAt": EARLY}}, "rules.lastCallAt"),
    ]
    for method, path, body, name in wrong:
        status, problem = await house.call(method, path, json=body, headers=headers)
        assert (status, field(problem)) == (422, name)


async def test_the_last_moment_in_utc_is_one(house: House) -> None:
    body = {"description": "Laptop", "expiresAt": "9999-12-31T23:59:59Z"}
    status, key = await house.call("POST", KEYS, json=body, headers=await house.sign_in())
    assert (status, key["expiresAt"]) == (201, body["expiresAt"])
