"""Laws every table obeys, also those of later revisions."""

from __future__ import annotations

import pytest

from migrations.triggers import UNAUDITED
from tests.schema.rows import Link

SECRET_LOOKING = r"(hash|token|secret|password|totp|recovery)"
HARMLESS = {
    "users.password_algo": "the name of an algorithm",
    "accounts.token_type": "the word Bearer",
}

WITHOUT_AUDIT = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL ($1::text[])
  AND (SELECT count(*) FROM pg_trigger
       WHERE tgrelid = pg_class.oid AND tgenabled = 'O' AND tgname LIKE relname || '\\_audit\\_%'
         AND tgfoid IN ('record_audit'::regproc, 'record_audit_sum'::regproc, 'record_audit_turns'::regproc)
         AND (tgtype & 1) = 0 AND (tgnewtable IS NOT NULL OR tgoldtable IS NOT NULL)) <> 3
ORDER BY 1
"""

WITHOUT_STAMP = """
SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'updated_at'
  AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = attrelid AND tgfoid = 'set_updated_at'::regproc)
ORDER BY 1
"""

IN_CLEAR = """
SELECT table_name || '.' || column_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name ~ $1
  AND audit_redact(jsonb_build_object(column_name, 'x')) ->> column_name <> '[redacted]'
ORDER BY 1
"""


async def unaudited(link: Link) -> list[str]:
    return [row[0] for row in await link.fetch(WITHOUT_AUDIT, list(UNAUDITED))]


async def unstamped(link: Link) -> list[str]:
    return [row[0] for row in await link.fetch(WITHOUT_STAMP)]


async def in_clear(link: Link) -> list[str]:
    found = [row[0] for row in await link.fetch(IN_CLEAR, SECRET_LOOKING)]
    return [column for column in found if column not in HARMLESS]


async def test_every_table_is_audited_unless_exempt(link: Link) -> None:
    assert await unaudited(link) == []


async def test_every_exempt_table_exists(link: Link) -> None:
    found = await link.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY ($1)", list(UNAUDITED))
    assert {row[0] for row in found} == UNAUDITED


async def test_every_table_with_updated_at_moves_it(link: Link) -> None:
    assert await unstamped(link) == []


async def test_every_secret_looking_column_is_redacted(link: Link) -> None:
    assert await in_clear(link) == []


@pytest.mark.parametrize(
    "forgotten",
    [
        "CREATE TABLE forgotten (n int)",
        "CREATE TABLE forgotten (n int); CREATE TRIGGER forgotten_audit_insert AFTER INSERT ON forgotten"
        " REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_audit('n')",
        "ALTER TABLE songdb RENAME TO forgotten; DROP TRIGGER songdb_audit_delete ON forgotten",
    ],
)
async def test_a_table_without_audit_is_found(link: Link, forgotten: str) -> None:
    await link.execute(forgotten)
    assert await unaudited(link) == ["forgotten"]


async def test_a_table_without_its_stamp_is_found(link: Link) -> None:
    await link.execute("CREATE TABLE forgotten (updated_at timestamptz)")
    assert await unstamped(link) == ["forgotten"]


@pytest.mark.parametrize("column", ["totp_seed", "recovery_codes", "reset_token", "webhook_secret", "pin_hash"])
async def test_an_unlisted_secret_is_found(link: Link, column: str) -> None:
    await link.execute(f"ALTER TABLE users ADD COLUMN {column} text")
    assert await in_clear(link) == [f"users.{column}"]
