"""SQL files: every mistake in one stops the process at import, and says where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from singr.infra import sql
from singr.infra.sql import BadSQLFile

GOOD = """-- venues_near(lon, radius_m) -> many
-- Venues, nearest first.
-- Two lines.
SELECT id, ':lon' FROM v WHERE x < :radius_m AND lon::text = :lon::text -- not :this
AND a[1:2] = '{}' AND y > :radius_m;

-- venue_drop(id) -> none
-- Gone.
DELETE FROM v WHERE id = :id
"""


def test_a_statement_has_its_name_its_purpose_and_numbered_parameters() -> None:
    near, drop = sql.parse(GOOD).values()
    assert (near.name, near.params, near.fetch) == ("venues_near", ("lon", "radius_m"), "many")
    assert near.doc == "Venues, nearest first.\nTwo lines."
    assert near.text == (
        "SELECT id, ':lon' FROM v WHERE x < $2 AND lon::text = $1::text -- not :this\nAND a[1:2] = '{}' AND y > $2"
    )
    assert (drop.text, drop.fetch) == ("DELETE FROM v WHERE id = $1", "none")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("-- a(x) -> none\nSELECT 1", "declared but unused: ['x']"),
        ("-- a() -> none\nSELECT :x", "':x' is not in its header"),
        ("-- a(x, x) -> none\nSELECT :x", "declared twice"),
        ("-- a() -> none\nSELECT 1\n-- a() -> none\nSELECT 2", "defined twice"),
        ("-- a() -> some\nSELECT 1", "not under a header"),
        ("-- a() => none\nSELECT 1", "not under a header"),
        ("SELECT 1", "not under a header"),
        ("-- a() -> none\nSELECT 1\n-- b() => none\nSELECT 2", "not a header: -- b() => none"),
        ("-- a() -> none\nSELECT 1\n-- b() -> sone\nSELECT 2", "not a header: -- b() -> sone"),
        ("-- a() -> none\nSELECT 1\n--b() -> none\nSELECT 2", "not a header: --b() -> none"),
        ("-- a() -> none\n-- b(x-y) -> none\nSELECT 2", "not a header: -- b(x-y) -> none"),
        ("-- a() -> none\nSELECT 1\n -- b() -> none\nSELECT 2", "not a header: -- b() -> none"),
    ],
)
def test_a_mistake_in_a_file_is_told(source: str, told: str) -> None:
    with pytest.raises(BadSQLFile, match=re.escape(told)):
        sql.parse(source)


def test_a_name_belongs_to_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- a() -> none\nSELECT 1")
    (tmp_path / "b.sql").write_text("-- a() -> none\nSELECT 2")
    with pytest.raises(BadSQLFile, match="a is defined in two files"):
        sql.load(tmp_path)


def test_a_handle_is_bound_to_a_statement_there_is_as_it_is_declared() -> None:
    bound = len(sql.BOUND)
    with pytest.raises(BadSQLFile, match="nothing_like_it is in no file"):
        sql.many("nothing_like_it", object)
    with pytest.raises(BadSQLFile, match="declared -> value, bound as many"):
        sql.many("postgis_version", object)
    assert len(sql.BOUND) == bound


class Pair(Struct):
    a: int
    b: str


class Fixed:
    """Gives the same records to every statement."""

    def __init__(self, *records: Sequence[Any]) -> None:
        self.records, self.asked = list(records), list[Any]()

    async def fetch(self, text: str, args: Sequence[Any]) -> list[Any]:
        self.asked = [text, *args]
        return self.records

    async def pick(self, text: str, key: Any) -> Any | None:
        return next((record for record in await self.fetch(text, [key]) if record[0] == key), None)

    async def execute(self, text: str, args: Sequence[Any]) -> int:
        self.asked = [text, *args]
        return len(self.records)


def query(fetch: str, *params: str) -> sql.Query:
    return sql.Query("q", params, fetch, "", "SELECT")


async def test_rows_become_their_type() -> None:
    on = Fixed((1, "x"), (2, "y"))
    assert await sql.Many(query("many"), Pair)(on) == [Pair(1, "x"), Pair(2, "y")]
    assert await sql.Many(query("many"), Pair)(Fixed()) == []


async def test_maybe_there_is_a_row() -> None:
    assert await sql.Maybe(query("maybe"), Pair)(Fixed((1, "x"))) == Pair(1, "x")
    assert await sql.Maybe(query("maybe"), Pair)(Fixed()) is None


async def test_each_key_has_a_row_which_does_not_hold_it() -> None:
    on = Fixed(("k", 1, "x"), ("l", 2, "y"))
    assert await sql.Each(query("each", "keys"), Pair)(on, "l") == Pair(2, "y")
    assert await sql.Each(query("each", "keys"), Pair)(on, "m") is None


@pytest.mark.parametrize("records", [[], [(1, "x"), (2, "y")]])
async def test_where_one_row_is_sure_no_other_number_is_taken(records: list[Any]) -> None:
    assert await sql.One(query("one"), Pair)(Fixed((1, "x"))) == Pair(1, "x")
    with pytest.raises(LookupError, match=f"q gave {len(records)} rows"):
        await sql.One(query("one"), Pair)(Fixed(*records))


async def test_a_value_comes_bare_and_nothing_comes_as_a_count() -> None:
    assert await sql.Value(query("value"), int)(Fixed((7,))) == 7
    assert await sql.Nothing(query("none"), type(None))(Fixed((), ())) == 2


async def test_arguments_are_ordered_as_the_header_says_and_none_is_forgotten() -> None:
    on, statement = Fixed(), sql.Many(query("many", "a", "b"), Pair)
    await statement(on, b=2, a=1)
    assert on.asked == ["SELECT", 1, 2]
    with pytest.raises(TypeError, match="takes"):
        await statement(on, a=1)
    with pytest.raises(TypeError, match="takes"):
        await statement(on, a=1, b=2, c=3)
    with pytest.raises(KeyError):
        await statement(on, a=1, c=3)
