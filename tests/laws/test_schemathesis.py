"""Law: the API does what its description says, whatever is sent: no failure of ours, no answer that is not described.

Schemathesis makes the calls from the OpenAPI document, good ones and bad ones. `SCHEMATHESIS_EXAMPLES=5000` makes so
many over all operations, others each time; without it there are a few for each operation, the same every time.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Literal, cast
from uuid import UUID, uuid4

import asyncpg
import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from msgspec import Struct
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from singr import table
from singr.core.actor import Context
from singr.core.permissions import Permission
from singr.core.settings import Settings
from singr.http import openapi
from singr.identity import tokens
from singr.identity.people import Membership, Person, PersonRow
from tests.house import API_KEY

FEW = 10
ASKED = os.environ.get("SCHEMATHESIS_EXAMPLES")
WITHIN_S = 60
# So far on that signing out everywhere does not end the test's own tokens.
FAR = 1_000_000
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
UNASKED = {
    "realtime.websocket.connect": "speaks WebSocket",
    "realtime.sse.watch": "goes on for ever",
    "queue.watching.follow": "goes on for ever",
    "imports.following.follow": "goes on until a worker has ended the import",
}
# `singr serve` whose limits are far away: 429 would be the answer to everything.
WITHOUT_LIMITS = """
from dataclasses import replace
from msgspec.structs import replace as with_
from singr import table
table.ROUTES = tuple(replace(row, rate=with_(row.rate, hits=1_000_000, per_s=60)) for row in table.ROUTES)
from singr.cli import main
main()
"""
THERE = """
SELECT jsonb_build_object(
    'tenant', p.customer_profiles_id, 'user_id', p.users_id, 'singer_user_id', s.users_id,
    'singer', s.singer_profiles_id)::text
FROM customer_profiles p, singer_profiles s LIMIT 1
"""
NO_IMPORT_UNDER_WAY = """
UPDATE song_imports SET status = 'cancelled', finished_at = now() WHERE status IN ('uploading', 'queued') RETURNING 1
"""
NEW_SONG = """
INSERT INTO songdb (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined)
SELECT customer_profiles_id, 1, 'New', $1, 'New - ' || $1, 'new ' || $1 FROM customer_profiles LIMIT 1
RETURNING songdb_id
"""
NAMES = count(1)


def song(where: dict[str, Any]) -> dict[str, Any]:
    return {"venueId": where["venue_id"], "singerName": "Ann", "artist": "Queen", "title": f"Song {next(NAMES)}"}


def venue(where: dict[str, Any]) -> str:
    return f"/v1/customer/venues/{where['venue_id']}"


# What an operation needs in its path is made for it alone, as somebody makes it: where, with what, and its place there.
MADE: dict[str, tuple[Callable[[dict[str, Any]], tuple[str, Any]], str]] = {
    "request_id": (lambda where: ("/v1/singer/requests", song(where)), "id"),
    "tracking_token": (lambda where: ("/v1/singer/requests", song(where)), "trackingToken"),
    "block_id": (lambda where: (f"{venue(where)}/blocks", {"singerName": "Zed"}), "id"),
    "key_id": (lambda where: ("/v1/customer/api-keys", {"description": "Laptop"}), "id"),
    "member_id": (
        lambda where: (
            "/v1/customer/organization/users",
            {"email": f"m{next(NAMES)}@example.com", "role": "customer_staff"},
        ),
        "id",
    ),
    "import_id": (lambda where: ("/v1/customer/systems/1/songs/import", ["Queen - Innuendo"]), "id"),
    "favorite_id": (lambda where: ("/v1/singer/favorites/songs", {"artist": "Toto", "title": "Africa"}), "id"),
}

SCHEMA = schemathesis.openapi.from_dict(openapi.document(table.ROUTES))
OPERATIONS = [
    operation
    for operation in (cast(Any, found).ok() for found in SCHEMA.get_all_operations())
    if operation.definition.raw["operationId"].rstrip("_0123456789") not in UNASKED
]
EXAMPLES = -(-int(ASKED) // len(OPERATIONS)) if ASKED else FEW


class Server(Struct):
    """A process of `singr serve`, and what is there to ask for."""

    url: str
    settings: Settings
    there: dict[str, Any]

    def headers(self, operation: Any) -> dict[str, str]:
        """Somebody who may; a new session each time, since calls sign out."""
        if not operation.definition.raw.get("security"):
            return {}
        return self._who(operation.path)

    def made(self, names: set[str]) -> dict[str, Any]:
        """Objects of these names, new and in a venue of their own."""
        shown = self._call("/v1/customer/venues", {"name": f"Venue {next(NAMES)}"})
        where = {"venue_id": shown["id"], "url_name": shown["urlName"], "system_id": 1}
        if "sync_id" in names:
            where["sync_id"] = self._begun_sync()
        if "song_id" in names:
            where["song_id"] = self._value(NEW_SONG, f"Song {next(NAMES)}")
        self._value(NO_IMPORT_UNDER_WAY)  # there may be few, and no worker ends them
        for name in names & MADE.keys():
            asked, answered = MADE[name]
            where[name] = self._call(*asked(where))[answered]
        return {name: where[name] for name in names & where.keys()}

    def _value(self, sql: str, *given: object) -> Any:
        return asyncio.run(_value(self.settings.database_url, sql, *given))

    def _begun_sync(self) -> int:
        self._call("/api.php", {"command": "clearDatabase", "api_key": API_KEY, "system_id": 1})
        return int(self._call("/v1/customer/systems/1/syncs", None)["items"][0]["id"])

    def _call(self, path: str, body: Any) -> Any:
        """Post a body, or get."""
        data = None if body is None else json.dumps(body).encode()
        headers = self._who(path) | {"Content-Type": "application/json"}
        asked = urllib.request.Request(self.url + path, data, headers)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=WITHIN_S) as answer:  # noqa: S310
            return json.load(answer)

    def _who(self, path: str) -> dict[str, str]:
        if path.startswith("/v1/singer"):
            return self._signed_in("singer_user_id", "singer", "singer")
        return self._signed_in("user_id", "customer", "tenant")

    def _signed_in(self, who: str, kind: Literal["customer", "singer"], what: str) -> dict[str, str]:
        names = (None, None, None, None)
        row = PersonRow(UUID(self.there[who]), "x@example.com", *names, True, ["singer"], None, None, None, epoch=FAR)
        every = [str(permission) for permission in Permission]
        owner = Membership(UUID(self.there["tenant"]), "", "customer_owner", "active", every, True)
        person = Person(row, [owner] if kind == "customer" else [], Context(kind, UUID(self.there[what])))
        return {"Authorization": f"Bearer {tokens.issue(self.settings, person, uuid4().hex)}"}


@pytest.fixture(scope="module")
def server(_demo_url_of_module: str, _redis_of_worker: str) -> Iterator[Server]:
    """Ends with the module."""
    given = {"DATABASE_URL": _demo_url_of_module, "REDIS_URL": _redis_of_worker, "RUN_WORKERS": "false"}
    port = _free_port()
    environ = os.environ | given | {"HOST": "127.0.0.1", "PORT": str(port), "SINGR_ENV": "test"}
    program = subprocess.Popen([sys.executable, "-c", WITHOUT_LIMITS, "serve"], env=environ, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/readyz")
        settings = Settings(database_url=_demo_url_of_module, redis_url=_redis_of_worker, singr_env="test")
        yield Server(url, settings, json.loads(asyncio.run(_value(_demo_url_of_module, THERE))))
    finally:
        program.kill()
        program.wait(WITHIN_S)


def _wait_for(url: str) -> None:
    until_s = time.monotonic() + WITHIN_S
    while time.monotonic() < until_s:
        try:
            with urllib.request.urlopen(url, timeout=WITHIN_S):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail(f"{url} does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _value(url: str, sql: str, *given: object) -> Any:
    """The first value, asked as the database's owner."""
    link = await asyncpg.connect(url, timeout=10)
    try:
        await link.execute("SELECT set_config('app.actor', 'test', false)")
        return await link.fetchval(sql, *given)
    finally:
        await link.close(timeout=10)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
@pytest.mark.timeout(600)
def test_every_call_is_answered_as_described(operation: Any, server: Server) -> None:
    names = {parameter.name for parameter in operation.path_parameters}
    there = server.made(names) if names else {}
    ways = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    if there:
        ways.append(operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=there))

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.one_of(ways))
    def ask(case: Any) -> None:
        answer = case.call(base_url=server.url, headers=server.headers(operation), timeout=WITHIN_S)
        case.validate_response(answer, checks=CHECKS)

    ask()


def test_whoever_is_not_asked_is_there() -> None:
    assert {row.name for row in table.ROUTES} >= set(UNASKED)
