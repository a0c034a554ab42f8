"""The database: who did it is known, nothing is left behind, and a database that does not answer is a 503 in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from uuid import uuid4

import asyncpg
import pytest
from yarl import URL

from singr.core.actor import SYSTEM, Actor
from singr.core.errors import UpstreamUnavailable, ValidationFailed
from singr.infra import postgres, silence
from singr.infra.postgres import Database
from tests.services import Server

ANN = Actor(kind="user", id=str(uuid4()), user_id=uuid4())
ADD = "INSERT INTO roles (slug) VALUES ($1)"
TOLD = (
    "SELECT actor, user_id FROM audit_logs WHERE table_name = 'roles' ORDER BY created_at DESC, audit_logs_id LIMIT 1"
)
SET = "SELECT current_setting('app.actor', true), current_setting('app.current_user_id', true)"


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A pool of two: what one leaves behind, the next would find."""
    async with Database.open(database_url, size=2) as opened:
        yield opened


async def test_audit_rows_name_who_did_it(db: Database) -> None:
    async with db.transaction(ANN) as tx:
        await tx.execute(ADD, ["new"])
    assert [tuple(row) for row in await db.fetch(TOLD, [])] == [(f"user:{ANN.id}", ANN.user_id)]


async def test_a_transaction_leaves_nothing_on_its_connection(database_url: str) -> None:
    async with Database.open(database_url, size=1) as db:
        async with db.transaction(ANN, timeout_s=60) as tx:
            assert tuple((await tx.fetch(SET, []))[0]) == (str(ANN), str(ANN.user_id))
            assert (await tx.fetch("SHOW statement_timeout", []))[0][0] == "1min"
        assert [text or "" for text in (await db.fetch(SET, []))[0]] == ["", ""]
        assert (await db.fetch("SHOW statement_timeout", []))[0][0] == "8s"
        with pytest.raises(ZeroDivisionError):
            async with db.transaction(ANN):
                raise ZeroDivisionError
        assert [text or "" for text in (await db.fetch(SET, []))[0]] == ["", ""]


async def test_what_fails_halfway_did_not_happen(db: Database) -> None:
    async def twice() -> None:
        async with db.transaction(SYSTEM) as tx:
            await tx.execute(ADD, ["twice"])
            await tx.execute(ADD, ["twice"])

    with pytest.raises(asyncpg.UniqueViolationError):
        await twice()
    assert (await db.fetch("SELECT count(*) FROM roles WHERE slug = 'twice'", []))[0][0] == 0


async def test_the_application_works_in_its_own_role(db: Database) -> None:
    assert (await db.fetch("SELECT current_user", []))[0][0] == "singr_app"
    for statement in (
        "CREATE TABLE mine (x int)",
        "DROP TABLE roles",
        "ALTER TABLE roles ADD COLUMN x int",
        "UPDATE audit_logs SET actor = 'nobody'",
        "DELETE FROM audit_logs",
        "TRUNCATE audit_logs",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(statement, [])


async def test_every_connection_of_the_pool_has_the_role(db: Database) -> None:
    async with db.connection() as one, db.connection() as other:
        assert [(await c.fetch("SELECT current_user", []))[0][0] for c in (one, other)] == ["singr_app"] * 2


async def test_json_arrives_as_values(db: Database) -> None:
    value = {"a": [1, None, "é"]}
    assert (await db.fetch("SELECT $1::jsonb, '[1]'::json", [value]))[0][0] == value


async def test_execute_counts_rows(db: Database) -> None:
    assert await db.execute("INSERT INTO roles (slug) VALUES ('a'), ('b')", []) == 2
    assert await db.execute("DELETE FROM roles WHERE slug = 'none of it'", []) == 0
    assert await db.execute("SET LOCAL lock_timeout = 0", []) == 0


async def test_an_argument_that_does_not_fit_is_our_mistake_not_the_servers(db: Database) -> None:
    with pytest.raises(asyncpg.DataError):
        await db.fetch("SELECT $1::int4", [2**40])
    with pytest.raises(asyncpg.DataError):
        await db.fetch("SELECT $1::int4", ["x"])


async def test_a_text_it_cannot_store_is_the_callers_mistake(db: Database) -> None:
    with pytest.raises(ValidationFailed):
        await db.fetch("SELECT $1::text", ["a\x00b"])


@pytest.mark.parametrize("error", [OSError, TimeoutError, asyncpg.TooManyConnectionsError, asyncpg.QueryCanceledError])
def test_what_keeps_the_database_from_answering_is_a_503(error: Callable[[], Exception]) -> None:
    with pytest.raises(UpstreamUnavailable) as caught, silence.reachable():
        raise error()
    assert caught.value.retry_after_s


async def test_an_exhausted_pool_is_told_in_time(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Database.open(database_url, size=2) as db, AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(db.connection())
        monkeypatch.setattr(postgres, "ACQUIRE_TIMEOUT_S", 0.01)
        with pytest.raises(UpstreamUnavailable):
            await db.fetch("SELECT 1", [])
        with pytest.raises(UpstreamUnavailable):
            async with db.transaction(SYSTEM):
                pass


async def test_a_statement_over_its_limit_is_ended_by_the_server(db: Database) -> None:
    async def endless() -> None:
        async with db.transaction(SYSTEM) as tx:
            await tx.execute("SET LOCAL statement_timeout = '10ms'", [])
            await tx.fetch("SELECT pg_sleep(60)", [])

    with pytest.raises(UpstreamUnavailable) as caught:
        await endless()
    assert isinstance(caught.value.__cause__, asyncpg.QueryCanceledError)


async def test_whoever_waits_for_a_lock_too_long_is_told(database_url: str) -> None:
    async def impatient(db: Database) -> None:
        async with db.transaction(SYSTEM) as waiter:
            await waiter.execute("SET LOCAL lock_timeout = '10ms'", [])
            await waiter.execute(ADD, ["late"])

    async with Database.open(database_url, size=2) as db, db.transaction(SYSTEM) as holder:
        await holder.execute("LOCK TABLE roles IN SHARE ROW EXCLUSIVE MODE", [])
        with pytest.raises(UpstreamUnavailable) as caught:
            await impatient(db)
        assert isinstance(caught.value.__cause__, asyncpg.LockNotAvailableError)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda url: url.with_port(1), "does not answer"),
        (lambda url: url.with_path("/nothing_like_it"), "does not exist"),
        (lambda url: url.with_user("nobody_like_that").with_password("x"), "refuses us"),
    ],
)
async def test_a_database_that_cannot_be_opened_is_told_in_one_line(
    change: Callable[[URL], URL], told: str, database_url: str
) -> None:
    with pytest.raises(UpstreamUnavailable, match=told) as caught:
        async with Database.open(str(change(URL(database_url))), size=2):
            pass
    assert "\n" not in str(caught.value)


async def test_a_server_that_has_never_been_migrated_is_told(postgres_server: Server) -> None:
    with pytest.raises(UpstreamUnavailable, match="singr migrate"):
        async with Database.open(postgres_server.url, size=2):
            pass


async def test_a_database_that_goes_away_and_comes_back(postgres_server: Server) -> None:
    link = await asyncpg.connect(postgres_server.url, timeout=10)
    await link.execute("CREATE ROLE singr_app")
    await link.close()
    async with Database.open(postgres_server.url, size=2) as db:
        assert (await db.fetch("SELECT 1", []))[0][0] == 1
        await asyncio.to_thread(postgres_server.kill)
        with pytest.raises(UpstreamUnavailable):
            await db.fetch("SELECT 1", [])
        await asyncio.to_thread(postgres_server.start)
        assert (await db.fetch("SELECT 1", []))[0][0] == 1


async def test_a_connection_that_came_back_well_is_lent_again_and_one_that_waits_gets_it(database_url: str) -> None:
    async with Database.open(database_url, size=1) as db:
        who = "SELECT pg_backend_pid()"
        first = (await db.fetch(who, []))[0][0]
        assert [(await db.fetch(who, []))[0][0] for _ in range(3)] == [first] * 3
        async with db.connection() as held:
            waiting = [asyncio.create_task(db.fetch(who, [])) for _ in range(3)]
            await asyncio.sleep(0)
            await held.fetch(who, [])
        assert [(await task)[0][0] for task in waiting] == [first] * 3


async def test_a_connection_that_the_server_ended_is_not_lent_again(database_url: str) -> None:
    async with Database.open(database_url, size=1) as db:
        ended = (await db.fetch("SELECT pg_backend_pid()", []))[0][0]
        owner = await asyncpg.connect(database_url, timeout=10)
        await owner.execute(f"SELECT pg_terminate_backend({ended}, 5000)")
        await owner.close(timeout=10)
        async with asyncio.timeout(60):
            while True:  # the very call that finds it out is told, the next one goes on
                try:
                    assert (await db.fetch("SELECT pg_backend_pid()", []))[0][0] != ended
                    break
                except UpstreamUnavailable:
                    continue


async def test_whoever_stops_waiting_loses_no_connection(database_url: str) -> None:
    async with Database.open(database_url, size=1) as db:
        async with db.connection():
            gone, stays = (asyncio.create_task(db.fetch("SELECT 1", [])) for _ in range(2))
            await asyncio.sleep(0)
            gone.cancel()
        assert (await stays)[0][0] == 1
        async with db.connection():
            gone = asyncio.create_task(db.fetch("SELECT 1", []))
            await asyncio.sleep(0)
        gone.cancel()  # in the moment it was handed on
        assert (await db.fetch("SELECT 2", []))[0][0] == 2
