"""Laws of the route table, generated from it: whoever adds a row gets these tests with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
import pytest

from singr import table
from singr.core.actor import Context
from singr.core.permissions import Permission
from singr.core.secrets import Signer
from singr.http import openapi
from singr.http.device import HEADER
from singr.http.guard import PUBLIC, Rule
from singr.http.route import Route, Row, parameters
from singr.identity import tokens
from singr.identity.people import Membership, Person, PersonRow
from singr.infra.limits import Rate
from tests.house import House, opened

# So far on that signing out everywhere does not end the test's own tokens.
FAR = 1_000_000
GOLDEN = Path(__file__).with_name("routes.txt")
VALUES = {"url_name": "test-karaoke-bar", "tracking_token": "1.x", "api_key": "skj_nobody"}

shared = pytest.mark.asyncio(loop_scope="module")
REPEATED_OTHERWISE = {
    "queue.guests.submit": "the key is kept by the request's own statement: one round trip",
    "queue.hosts.add": "the same statement",
    "singers.requests.submit": "the same statement",
    "openkj.rest.submit": "the same statement",
    "queue.watching.issue_ticket": "a ticket works once and for seconds; a second one is what a client wants",
}

every = pytest.mark.parametrize("row", table.ROUTES, ids=lambda row: row.name)


def rows(condition: Callable[[Row], object]) -> pytest.MarkDecorator:
    chosen = [row for row in table.ROUTES if condition(row)]
    return pytest.mark.parametrize("row", chosen, ids=lambda row: row.name)


def path_of(row: Row) -> str:
    kinds = row.path_types
    values = {n: VALUES.get(n, "1" if kinds[n] is int else str(uuid4())) for n in parameters(row.path)}
    return row.path.format(**values)


def bearer(
    house: House,
    *permissions: str,
    user: UUID | None = None,
    tenant: UUID | None = None,
    acting: Literal["customer", "singer"] = "customer",
) -> dict[str, str]:
    """A new session of `user` (or somebody) with just these permissions in `tenant` (or their own), or as a singer."""
    tenant = tenant or uuid4()
    somebody = PersonRow(
        user or uuid4(), "x@example.com", None, None, None, None, True, ["singer"], None, None, None, epoch=FAR
    )
    member = Membership(tenant, "", "customer_staff", "active", list(permissions), False)
    person = Person(somebody, [member], Context(acting, tenant))
    return {"Authorization": f"Bearer {tokens.issue(house.kit.settings, person, uuid4().hex)}"}


def admitted(house: House, row: Row, **same: UUID) -> dict[str, str]:
    """A session that just passes the row's rule."""
    granted = [str(row.may.permission)] if row.may.permission else []
    return bearer(house, *granted, **same, acting="singer" if row.may.context == "singer" else "customer")


def test_the_route_page_is_the_golden_one() -> None:
    assert table.page() == GOLDEN.read_text("utf-8"), "run `make routes` and look at the difference"


def test_a_row_without_permission_or_limit_does_not_import() -> None:
    async def handler(call: Any) -> None: ...

    with pytest.raises(TypeError, match="may"):
        Route("GET", "/x", handler, rate=Rate(1, per_s=1))
    with pytest.raises(TypeError, match="rate"):
        Route("GET", "/x", handler, may=PUBLIC)


@every
def test_the_row_has_a_rule_and_a_limit(row: Row) -> None:
    assert isinstance(row.may, Rule)
    assert row.rate.hits > 0
    assert row.rate.per_s > 0


@rows(lambda row: row.path.startswith("/v1/customer/"))
def test_an_organizations_people_share_their_limit(row: Row) -> None:
    assert row.rate.by == "organization"


@rows(lambda row: row.method == "POST" and (row.status == 201 or row.replay))
def test_what_creates_may_be_asked_twice(row: Row) -> None:
    if row.name in REPEATED_OTHERWISE:
        assert not row.replay, "no reason to be exempt any more"
    else:
        assert row.replay
        assert row.returns
        assert not row.raw
        assert not row.may.anonymous, "a key belongs to somebody"


def test_whoever_is_exempt_from_replay_is_there() -> None:
    assert {row.name for row in table.ROUTES} >= set(REPEATED_OTHERWISE)


@every
def test_the_handler_takes_what_the_row_gives(row: Row) -> None:
    takes = {name for name in inspect.signature(row.handler).parameters if name.lstrip("_") != "call"}
    extra = {"request"} if row.raw else {n for n in ("body", "query") if getattr(row, n)}
    assert takes == set(parameters(row.path)) | extra


@rows(lambda row: bool(row.body or row.query))
def test_a_moment_in_a_call_has_its_offset(row: Row) -> None:
    """`core.instants` looks for no other kind."""
    told = [repr(msgspec.inspect.type_info(shape)) for shape in (row.body, row.query) if shape]
    assert not any("DateTimeType(tz=None)" in each or "DateTimeType(tz=False)" in each for each in told)


@every
def test_the_row_is_described(row: Row) -> None:
    assert (inspect.getdoc(row.handler) or "").split("\n")[0].endswith((".", "?", ")"))


def test_every_described_row_is_in_the_openapi_document_once() -> None:
    paths = openapi.document(table.ROUTES)["paths"]
    ids = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
    assert len(ids) == len(set(ids))


@shared
@rows(lambda row: not row.may.anonymous)
async def test_strangers_are_asked_to_sign_in(row: Row, lasting_house: House) -> None:
    status, problem = await lasting_house.call(row.method, path_of(row), json={})
    assert (status, problem["status"]) == (401, 401)
    assert problem["type"].endswith("/authentication-failed")


@shared
@rows(lambda row: row.may.permission)
async def test_the_wrong_permission_is_refused(row: Row, lasting_house: House) -> None:
    others = [str(p) for p in Permission if p != row.may.permission]
    status, problem = await lasting_house.call(
        row.method, path_of(row), json={}, headers=bearer(lasting_house, *others)
    )
    assert status == 403
    assert problem["type"].endswith("/authorization-denied")


@shared
@rows(lambda row: row.may.context == "singer")
async def test_a_singers_things_are_for_singers(row: Row, lasting_house: House) -> None:
    everything = bearer(lasting_house, *(str(p) for p in Permission))
    status, problem = await lasting_house.call(row.method, path_of(row), json={}, headers=everything)
    assert (status, problem["detail"]) == (403, "switch to a singer context first")


@shared
@rows(lambda row: row.body and not row.may.inside)
@pytest.mark.parametrize("body", [b'{"nope": 1}', b"[]", b"{", b"\xff", b"", b'"\\ud800"'])
async def test_a_bad_body_is_told(row: Row, body: bytes, lasting_house: House) -> None:
    headers = admitted(lasting_house, row) if not row.may.anonymous else {}
    status, problem = await lasting_house.call(row.method, path_of(row), data=body, headers=headers)
    assert status == 422
    assert problem["errors"] or problem["detail"]


@shared
@rows(lambda row: row.body and not row.may.inside)
async def test_a_huge_body_is_refused(row: Row, lasting_house: House) -> None:
    headers = admitted(lasting_house, row) if not row.may.anonymous else {}
    body = BytesIO(b" " * (row.body_limit + 1))
    status, problem = await lasting_house.call(row.method, path_of(row), data=body, headers=headers)
    assert (status, problem["type"].rpartition("/")[2]) == (413, "payload-too-large")


@shared
@rows(lambda row: not row.rate.inside)
async def test_over_the_limit_is_told_when_to_come_back(row: Row, lasting_house: House) -> None:
    strict = replace(row, rate=Rate(1, per_s=3600, by=row.rate.by))
    async with opened(lasting_house.kit.settings, (strict,)) as house:
        same = {"tenant": uuid4()} if row.rate.by == "organization" else {"user": uuid4()}
        device = {HEADER: Signer(house.kit.settings.auth_secret, "device").sign("phone")}
        headers = admitted(house, row, **same) | device
        async with house.client.request(row.method, path_of(row), data=b"{}", headers=headers) as first:
            assert first.status != 429
        headers = admitted(house, row, **same) | device
        async with house.client.request(row.method, path_of(row), data=b"{}", headers=headers) as second:
            assert second.status == 429
            assert int(second.headers["Retry-After"]) >= 1
