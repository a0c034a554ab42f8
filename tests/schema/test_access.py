"""What the service's role may do, and that any owner can make it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest
from yarl import URL

from singr import schema
from tests.schema import rows
from tests.schema.rows import Link, connected, log_of


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Link]:
    """A connection as the service has it."""
    async with connected(database_url) as connection:
        await connection.execute("SET ROLE singr_app")
        yield connection


async def test_the_service_writes_rows_and_the_log_follows(app: Link) -> None:
    venue = await rows.venue(app, await rows.customer(app))
    request = await rows.request(app, venue, 1)
    await app.execute("UPDATE requests SET notes = 'for Ann' WHERE requests_id = $1", request)
    await app.execute("UPDATE venue_streams SET version = version + 1 WHERE venues_id = $1", venue)
    await app.execute(
        "INSERT INTO songdb VALUES (DEFAULT, (SELECT customer_profiles_id FROM state), 1, 'a', 'b', 'c', 'd')"
    )
    await app.execute("DELETE FROM requests WHERE requests_id = $1", request)
    assert [line["operation"] for line in await log_of(app, "requests")] == ["INSERT", "UPDATE", "DELETE"]
    assert len(await log_of(app, "songdb")) == 1


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE users ADD COLUMN spare text",
        "DROP TABLE idempotency_keys",
        "CREATE TABLE mine (n int)",
        "CREATE INDEX mine ON users (name)",
        "TRUNCATE venue_streams",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "DROP TRIGGER users_audit_update ON users",
        "CREATE OR REPLACE FUNCTION audit_redact(data jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT data'",
        "INSERT INTO audit_logs (table_name, operation) VALUES ('users', 'INSERT')",
        "UPDATE audit_logs SET user_id = NULL",
        "DELETE FROM audit_logs",
        "TRUNCATE audit_logs",
        "UPDATE alembic_version SET version_num = '0001'",
        "SET session_replication_role = replica",
    ],
)
async def test_the_service_may_not(app: Link, attempt: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(attempt)


async def test_the_service_cannot_forge_lines_through_a_table_of_its_own(app: Link) -> None:
    await app.execute("CREATE TEMPORARY TABLE users (users_id uuid)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="record_audit"):
        await app.execute(
            "CREATE TRIGGER forge AFTER INSERT ON pg_temp.users REFERENCING NEW TABLE AS new_rows"
            " FOR EACH STATEMENT EXECUTE FUNCTION record_audit('users_id')"
        )


async def test_the_service_reads_and_writes_tables_of_later_revisions(link: Link, app: Link) -> None:
    await link.execute("CREATE TABLE later (n bigserial PRIMARY KEY)")
    assert await app.fetchval("INSERT INTO later DEFAULT VALUES RETURNING n") == 1


async def test_an_owner_who_is_no_superuser_can_migrate_and_become_the_service(
    postgres_url: str, empty_database: str, template: str
) -> None:
    owner, password = f"owner_{secrets.token_hex(4)}", secrets.token_hex(8)
    url = str(URL(empty_database).with_user(owner).with_password(password))
    async with connected(postgres_url) as server, connected(empty_database) as database:
        await server.execute(f"CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD '{password}'")
        try:
            await server.execute(f"ALTER DATABASE {URL(empty_database).path[1:]} OWNER TO {owner}")
            await database.execute("CREATE EXTENSION postgis")  # needs a superuser; the other two do not
            await _lend_the_role(server, owner)
            await asyncio.to_thread(schema.upgrade, url)
            async with connected(url) as link:
                await link.execute("SET ROLE singr_app")
                await rows.venue(link, await rows.customer(link))
                assert len(await log_of(link, "venues")) == 1
            await asyncio.to_thread(schema.downgrade, url, "base")
        finally:
            await database.execute(f"DROP OWNED BY {owner}")
            await server.execute(f"ALTER DATABASE {URL(empty_database).path[1:]} OWNER TO CURRENT_USER")
            await server.execute(f"DROP ROLE {owner}")
            assert await server.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = 'singr_app'") == 1


async def _lend_the_role(server: Link, owner: str) -> None:
    """From PostgreSQL 16 on, who has not made a role needs this to hand it on; the tests share one server."""
    if server.get_server_version().major >= 16:
        await server.execute(f"GRANT singr_app TO {owner} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
