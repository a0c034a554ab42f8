"""Seeds: what every installation has, and the demo, however often they are written."""

from __future__ import annotations

from typing import Any

import asyncpg

from singr.core.permissions import ROLES, Permission
from singr.infra.postgres import Database
from singr.seed import seed_baseline, seed_demo

KEY = "skj_of-this-test"
LINES = "SELECT count(*) FROM audit_logs"
GRANTS = """
    SELECT r.slug, p.slug FROM role_permissions JOIN roles r USING (roles_id) JOIN permissions p USING (permissions_id)
"""


async def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await db.fetch(sql, [])]


async def test_roles_permit_in_the_database_what_they_permit_in_the_code(database_url: str) -> None:
    async with Database.open(database_url, size=2) as db:
        await seed_baseline(db)
        assert set(await rows(db, GRANTS)) == {(role, str(p)) for role, (_, granted) in ROLES.items() for p in granted}
        assert {slug for (slug,) in await rows(db, "SELECT slug FROM permissions")} == set(Permission)
        assert await rows(db, "SELECT password_hash FROM users") == [(None,)], "the administrator cannot sign in yet"


async def test_the_second_time_changes_nothing(database_url: str) -> None:
    async with Database.open(database_url, size=2) as db:
        await seed_baseline(db)
        await seed_demo(db, api_key=KEY)
        before = await rows(db, LINES)
        await seed_baseline(db)
        await seed_demo(db, api_key=KEY)
        assert await rows(db, LINES) == before


async def test_a_role_that_people_made_stays_as_it_is(database_url: str) -> None:
    async with Database.open(database_url, size=2) as db:
        await db.execute("INSERT INTO roles (slug, description) VALUES ('dj', 'Ours')", [])
        await seed_baseline(db)
        assert await rows(db, "SELECT description, is_system FROM roles WHERE slug = 'dj'") == [("Ours", False)]


async def test_a_system_role_loses_what_it_does_not_permit_any_more(database_url: str) -> None:
    more = (
        "INSERT INTO role_permissions (roles_id, permissions_id)"
        " SELECT roles_id, permissions_id FROM roles r, permissions p WHERE r.slug = $1 AND p.slug = 'venues:delete'"
    )
    async with Database.open(database_url, size=2) as db:
        await db.execute("INSERT INTO roles (slug) VALUES ('dj')", [])
        await seed_baseline(db)
        assert [await db.execute(more, [role]) for role in ("singer", "dj")] == [1, 1]
        await seed_baseline(db)
        assert {role for role, slug in await rows(db, GRANTS) if role in {"singer", "dj"}} == {"dj"}


async def test_a_password_somebody_chose_is_not_replaced(database_url: str) -> None:
    async with Database.open(database_url, size=2) as db:
        await seed_baseline(db)
        await db.execute("UPDATE users SET password_hash = 'chosen'", [])
        await seed_demo(db, api_key=KEY)
        assert await rows(db, "SELECT password_hash FROM users WHERE email LIKE 'admin@%'") == [("chosen",)]


async def test_the_demo_keeps_neither_passwords_nor_its_key(database_url: str) -> None:
    async with Database.open(database_url, size=2) as db:
        await seed_baseline(db)
        demo = await seed_demo(db, api_key=KEY)
    link = await asyncpg.connect(database_url, timeout=10)
    everything = [
        str(row) for table in ("users", "api_keys", "audit_logs") for row in await link.fetch(f"TABLE {table}")
    ]
    await link.close(timeout=10)
    assert everything
    for secret in (KEY, demo.admin.password, demo.host.password, demo.singer.password):
        assert not [row for row in everything if secret in row]
