"""Who may use what: every row of the route table, asked by everybody. Adding a row adds it here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_settings

from singr import table
from singr.core.permissions import ROLES
from singr.core.settings import Settings
from singr.http.call import Call
from singr.http.route import Row
from singr.infra.limits import Rate
from tests.house import House, opened
from tests.rbac.callers import CALLERS, NO_GOOD, headers_of

ROLE_OF = {"owner": "customer_owner", "other owner": "customer_owner", "manager": "customer_manager"}
ROLE_OF["staff"] = "customer_staff"
ROLE_OF["owner by cookie"] = "customer_owner"


async def admitted(_call: Call) -> None:
    """Stands for the row's handler."""


def gate(number: int, row: Row) -> Row:
    """The row with its rule, and nothing behind it."""
    bare = {"body": None, "query": None, "returns": None, "cache": None, "raw": False, "tells": None, "aliases": ()}
    plenty = Rate(100_000, per_s=60, inside=row.rate.inside)
    return replace(row, method="POST", path=f"/gate/{number}", handler=admitted, rate=plenty, **bare)  # type: ignore[arg-type]


def expected(row: Row, caller: str) -> int:
    """The truth."""
    if row.may.inside:
        return 204
    if caller in NO_GOOD:
        return 401
    if row.may.anonymous:
        return 204
    if caller == "anonymous":
        return 401
    if caller == "owner by cookie from elsewhere":
        return 403
    if row.may.context == "singer":
        return 204 if caller == "singer" else 403
    if row.may.permission is None:
        return 204
    role = ROLE_OF.get(caller)
    return 204 if role and row.may.permission in ROLES[role][1] else 403


@pytest.mark.parametrize("caller", CALLERS)
async def test_everybody_gets_through_where_they_may_and_nowhere_else(caller: str, settings: Settings) -> None:
    settings = with_settings(settings, public_url="http://singr.example")
    gates = tuple(gate(number, row) for number, row in enumerate(table.ROUTES))
    async with opened(settings) as first:
        headers = await headers_of(caller, first)
    async with opened(settings, gates) as house:
        wrong = []
        for behind, row in zip(gates, table.ROUTES, strict=True):
            status, _ = await house.call("POST", behind.path, headers=headers)
            if status != expected(row, caller):
                wrong.append((row.method, row.path, status, expected(row, caller)))
    assert wrong == []


async def test_another_organizations_things_are_not_found(house: House) -> None:
    venue = f"/v1/customer/venues/{await house.venue_id()}"
    stranger = await headers_of("other owner", house)
    assert (await house.call("GET", venue, headers=await house.sign_in()))[0] == 200
    assert (await house.call("GET", venue, headers=stranger))[0] == 404
    _, mine = await house.call("GET", "/v1/customer/venues", headers=stranger)
    assert mine["items"] == []
