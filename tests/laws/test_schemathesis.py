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
from collections.abc import Iterator
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
    'tenant', v.customer_profiles_id, 'user_id', p.users_id, 'singer_user_id', s.users_id,
    'singer', s.singer_profiles_id, 'venue_id', v.venues_id, 'url_name', v.url_name, 'system_id', 1,
    'song_id', (SELECT min(songdb_id) FROM songdb))::text
FROM venues v JOIN customer_profiles p USING (customer_profiles_id), singer_profiles s LIMIT 1
"""

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
        if operation.path.startswith("/v1/singer"):
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
        yield Server(url, settings, asyncio.run(_there(_demo_url_of_module)))
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


async def _there(url: str) -> dict[str, Any]:
    link = await asyncpg.connect(url, timeout=10)
    try:
        return dict(json.loads(await link.fetchval(THERE)))
    finally:
        await link.close(timeout=10)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
@pytest.mark.timeout(600)
def test_every_call_is_answered_as_described(operation: Any, server: Server) -> None:
    there = {p.name: server.there[p.name] for p in operation.path_parameters if p.name in server.there}
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
