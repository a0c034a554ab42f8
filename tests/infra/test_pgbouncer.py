"""Behind PgBouncer in transaction mode: many clients on few connections, and nobody finds what another left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from singr.core.actor import Actor
from singr.infra.postgres import APP_ROLE, Database
from tests.poolers import pgbouncer

ADD = "INSERT INTO roles (slug) VALUES ($1)"
ANN = Actor(kind="user", id=str(uuid4()), user_id=uuid4())


@pytest.fixture
def pooled_url(database_url: str) -> Iterator[str]:
    with pgbouncer(database_url) as pooler:
        yield pooler.url


@pytest.fixture
async def shared(pooled_url: str) -> AsyncIterator[Database]:
    """Ten connections to the pooler, which has four to PostgreSQL."""
    async with Database.open(pooled_url, size=10, shared=True) as db:
        yield db


async def test_many_at_once_read_what_they_asked_for(shared: Database) -> None:
    async def ask(n: int) -> None:
        """Texts that differ: what one has prepared is of no use to another."""
        for m in range(10):
            [row] = await shared.fetch(f"SELECT $1::int + {n % 7}, $2::jsonb", [n * m, {"n": n}])
            assert tuple(row) == (n * m + n % 7, {"n": n})

    await asyncio.gather(*(ask(n) for n in range(30)))


async def test_every_statement_runs_as_the_application_within_its_limits(shared: Database) -> None:
    asked = "SELECT current_user, current_setting('statement_timeout'), current_setting('lock_timeout')"
    rows = await asyncio.gather(*(shared.fetch(asked, []) for _ in range(20)))
    assert {tuple(row) for [row] in rows} == {(APP_ROLE, "8s", "5s")}


async def test_audit_rows_name_who_did_it_and_nobody_else(shared: Database) -> None:
    async def add(actor: Actor, slug: str) -> None:
        async with shared.transaction(actor) as tx:
            await tx.execute(ADD, [slug])

    people = [Actor(kind="user", id=str(uuid4()), user_id=uuid4()) for _ in range(20)]
    await asyncio.gather(*(add(person, f"role-{n}") for n, person in enumerate(people)))
    told = "SELECT actor FROM audit_logs WHERE table_name = 'roles' AND actor LIKE 'user:%'"
    assert {row[0] for row in await shared.fetch(told, [])} == {str(person) for person in people}
    [left] = await shared.fetch("SELECT current_setting('app.actor', true)", [])
    assert not left[0]


async def test_what_fails_halfway_did_not_happen(shared: Database) -> None:
    async def half() -> None:
        async with shared.transaction(ANN) as tx:
            await tx.execute(ADD, ["half"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    assert await shared.fetch("SELECT 1 FROM roles WHERE slug = 'half'", []) == []


async def test_copies_go_through(shared: Database) -> None:
    async with shared.transaction(ANN) as tx:
        await tx.copy("roles", ["slug"], [["copied-1"], ["copied-2"]])
    [row] = await shared.fetch("SELECT count(*) FROM roles WHERE slug LIKE 'copied-%'", [])
    assert row[0] == 2
