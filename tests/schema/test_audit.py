"""The audit log: who changed which row, from what to what, and no secrets in it."""

from __future__ import annotations

from typing import Any

from tests.schema import rows
from tests.schema.rows import Link, log_of

ACTOR = "SELECT set_config('app.current_user_id', $1, true), set_config('app.actor', $2, true)"


async def test_an_insert_an_update_and_a_delete_leave_a_line_each(link: Link) -> None:
    user = await rows.user(link)
    await link.execute("UPDATE users SET name = 'Ann' WHERE users_id = $1", user)
    await link.execute("DELETE FROM users WHERE users_id = $1", user)
    inserted, updated, deleted = await log_of(link, "users")
    assert [line["operation"] for line in (inserted, updated, deleted)] == ["INSERT", "UPDATE", "DELETE"]
    assert {line["record_id"] for line in (inserted, updated, deleted)} == {str(user)}
    assert inserted["old_data"] is None
    assert inserted["new_data"]["users_id"] == str(user)
    assert (updated["old_data"]["name"], updated["new_data"]["name"]) == (None, "Ann")
    assert (deleted["old_data"]["name"], deleted["new_data"]) == ("Ann", None)


async def test_a_line_names_the_actor_of_its_transaction(link: Link) -> None:
    user = await rows.user(link)
    async with link.transaction():
        await link.execute(ACTOR, str(user), f"user:{user}")
        await link.execute("INSERT INTO roles (slug) VALUES ('first')")
    await link.execute("INSERT INTO roles (slug) VALUES ('second')")
    named, nameless = await log_of(link, "roles")
    assert (named["user_id"], named["actor"]) == (user, f"user:{user}")
    # The settings are empty strings after a transaction that set them, and NULL on a fresh connection.
    assert (nameless["user_id"], nameless["actor"]) == (None, None)


async def test_a_single_statement_can_bring_its_own_actor(link: Link) -> None:
    await link.execute(
        "WITH actor AS MATERIALIZED (SELECT set_config('app.current_user_id', '', true),"
        " set_config('app.actor', 'guest:d1', true) AS who)"
        " INSERT INTO roles (slug) SELECT 'new' FROM actor WHERE who <> ''"
    )
    (line,) = await log_of(link, "roles")
    assert (line["user_id"], line["actor"]) == (None, "guest:d1")


async def test_an_update_that_changes_nothing_is_in_the_log(link: Link) -> None:
    user = await rows.user(link)
    await link.execute("UPDATE users SET email = email WHERE users_id = $1", user)
    assert [line["operation"] for line in await log_of(link, "users")] == ["INSERT", "UPDATE"]


async def test_a_statement_that_touches_no_row_leaves_no_line(link: Link) -> None:
    await link.execute("UPDATE users SET name = 'Ann' WHERE email = 'nobody@example.com'")
    await link.execute("DELETE FROM songdb")
    assert await link.fetchval("SELECT count(*) FROM audit_logs") == 0


async def test_rows_changed_by_one_statement_keep_their_own_before_and_after(link: Link) -> None:
    await link.execute("INSERT INTO roles (slug, description) SELECT 'r' || n, n FROM generate_series(1, 500) AS n")
    await link.execute("UPDATE roles SET description = 'now ' || description, slug = 's' || slug")
    lines = [line for line in await log_of(link, "roles") if line["operation"] == "UPDATE"]
    assert len(lines) == 500
    for line in lines:
        old, new = line["old_data"], line["new_data"]
        assert line["record_id"] == old["roles_id"] == new["roles_id"]
        assert (new["slug"], new["description"]) == (f"s{old['slug']}", f"now {old['description']}")


async def test_an_upsert_is_an_insert_or_an_update(link: Link) -> None:
    upsert = "INSERT INTO roles (slug) VALUES ('a'), ($1) ON CONFLICT (slug) DO UPDATE SET is_system = true"
    await link.execute(upsert, "b")
    await link.execute(upsert, "c")
    lines = await log_of(link, "roles")
    assert sorted((line["operation"], line["new_data"]["slug"]) for line in lines) == [
        ("INSERT", "a"),
        ("INSERT", "b"),
        ("INSERT", "c"),
        ("UPDATE", "a"),
    ]


async def test_rows_deleted_by_a_cascade_are_in_the_log(link: Link) -> None:
    customer = await rows.customer(link)
    venue = await rows.venue(link, customer)
    await link.execute("DELETE FROM customer_profiles WHERE customer_profiles_id = $1", customer)
    assert [(line["operation"], line["record_id"]) for line in await log_of(link, "venues")] == [
        ("INSERT", str(venue)),
        ("DELETE", str(venue)),
    ]


async def test_secrets_are_redacted_and_their_absence_is_not(link: Link) -> None:
    await link.execute("INSERT INTO users (email, password_hash) VALUES ('a@example.com', '$argon2id$secret')")
    await link.execute("UPDATE users SET password_hash = NULL")
    inserted, updated = await log_of(link, "users")
    assert inserted["new_data"]["password_hash"] == "[redacted]"
    assert updated["old_data"]["password_hash"] == "[redacted]"
    assert updated["new_data"]["password_hash"] is None
    assert "argon2id" not in str(await link.fetch("SELECT * FROM audit_logs"))


async def test_keys_of_two_columns_are_joined_and_a_token_in_a_key_is_redacted(link: Link) -> None:
    await link.execute("INSERT INTO idempotency_keys VALUES ('guest:d1', 'k1', 'f', '{\"token\": \"hush\"}')")
    await link.execute("INSERT INTO verification_tokens VALUES ('a@example.com', 'hush', now())")
    (call,) = await log_of(link, "idempotency_keys")
    (verification,) = await log_of(link, "verification_tokens")
    assert call["record_id"] == "guest:d1:k1"
    assert verification["record_id"] == "a@example.com:[redacted]"
    assert "hush" not in str(await link.fetch("SELECT * FROM audit_logs"))


def _summary(line: Any) -> tuple[Any, ...]:
    return line["operation"], line["record_id"], line["old_data"], line["new_data"]


async def test_a_song_book_leaves_one_line_per_statement_customer_and_system(link: Link) -> None:
    customer = await rows.customer(link)
    await link.execute(
        "INSERT INTO songdb (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined)"
        " SELECT $1, 1 + n % 2, 'Queen', n, n, n FROM generate_series(1, 1001) AS n",
        customer,
    )
    await link.execute("UPDATE songdb SET artist = 'Abba' WHERE title = '2'")
    await link.execute("DELETE FROM songdb WHERE openkj_system_id = 2")
    book = {"customer_profiles_id": str(customer)}
    lines = [_summary(line) for line in await log_of(link, "songdb")]
    assert sorted(lines[:2], key=str) == [
        ("INSERT", None, None, {"rows": 500, "openkj_system_id": 1, **book}),
        ("INSERT", None, None, {"rows": 501, "openkj_system_id": 2, **book}),
    ]
    assert lines[2:] == [
        ("UPDATE", None, None, {"rows": 1, "openkj_system_id": 1, **book}),
        ("DELETE", None, {"rows": 501, "openkj_system_id": 2, **book}, None),
    ]


async def test_songs_of_a_generation_leave_one_line_per_statement(link: Link) -> None:
    generation = await link.fetchval(
        "INSERT INTO song_generations (customer_profiles_id, openkj_system_id) VALUES ($1, 1)"
        " RETURNING song_generations_id",
        await rows.customer(link),
    )
    await link.execute(
        "INSERT INTO song_generation_songs SELECT $1, n, 'Queen', n, n FROM generate_series(1, 1000) AS n", generation
    )
    (line,) = await log_of(link, "song_generation_songs")
    assert _summary(line) == ("INSERT", None, None, {"rows": 1000, "song_generations_id": generation})


async def test_an_import_leaves_a_line_for_each_turn_and_none_for_its_progress(link: Link) -> None:
    await link.execute(
        "INSERT INTO song_imports (customer_profiles_id, openkj_system_id, mode, on_error, format, encoding, dry_run)"
        " SELECT $1, 1, 'merge', 'fail', 'csv', 'auto', false FROM generate_series(1, 2)",
        await rows.customer(link),
    )
    for step in range(3):
        await link.execute("UPDATE song_imports SET rows_read = $1, touched_at = now()", step)
    await link.execute("UPDATE song_imports SET status = CASE song_imports_id WHEN 2 THEN 'cancelled' ELSE status END")
    await link.execute("DELETE FROM song_imports")
    lines = [_summary(line) for line in await log_of(link, "song_imports")]
    assert [(operation, record) for operation, record, _, _ in lines] == [
        ("INSERT", "1"),
        ("INSERT", "2"),
        ("UPDATE", "2"),
        ("DELETE", "1"),
        ("DELETE", "2"),
    ]
    assert [data["status"] for data in lines[2][2:]] == ["uploading", "cancelled"]


async def test_updated_at_moves_with_an_update_and_only_then(link: Link) -> None:
    long_ago = (
        "INSERT INTO roles (slug, updated_at) VALUES ('old', '2001-02-03') RETURNING extract(year FROM updated_at)"
    )
    assert await link.fetchval(long_ago) == 2001
    moved = "UPDATE roles SET slug = 'new' RETURNING updated_at = now()"
    assert await link.fetchval(moved) is True
