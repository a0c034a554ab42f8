"""Law: every statement prepares against the migrated database, and gives exactly its row type's columns."""

from __future__ import annotations

import types
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import asyncpg
import msgspec
import pytest
import pytest_asyncio

import singr.imports.shell
import singr.seed
import singr.table
from singr.infra import sql

PYTHON_OF = {
    "uuid": UUID,
    "text": str,
    "varchar": str,
    "name": str,
    "int2": int,
    "int4": int,
    "int8": int,
    "float4": float,
    "float8": float,
    "bool": bool,
    "bytea": bytes,
    "timestamptz": datetime,
    "date": date,
}
bound = pytest.mark.parametrize(("query", "row"), sql.BOUND, ids=[query.name for query, _ in sql.BOUND])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connection(module_database_url: str) -> AsyncIterator[Any]:
    link = await asyncpg.connect(module_database_url, timeout=10)
    yield link
    await link.close(timeout=10)


def test_every_statement_of_the_files_is_bound() -> None:
    assert singr.table.ROUTES
    assert set(sql.QUERIES) == {query.name for query, _ in sql.BOUND}


def test_every_statement_says_what_it_is_for() -> None:
    assert [query.name for query in sql.QUERIES.values() if not query.doc] == []


@bound
@pytest.mark.asyncio(loop_scope="module")
async def test_statement_gives_its_row_types_columns(query: sql.Query, row: Any, connection: Any) -> None:
    prepared = await connection.prepare(query.text)
    kinds = [attribute.type.name for attribute in prepared.get_attributes()]
    if query.fetch == "none":
        assert kinds == []
        return
    if query.fetch == "each":  # its key comes first
        del kinds[0]
    if isinstance(row, type) and issubclass(row, msgspec.Struct):
        hints = get_type_hints(row)
        wanted = [hints[name] for name in row.__struct_fields__]
        assert len(kinds) == len(wanted)
        wrong = [
            (name, kind, want)
            for name, kind, want in zip(row.__struct_fields__, kinds, wanted, strict=True)
            if not fits(kind, want)
        ]
        assert wrong == []
    else:
        assert len(kinds) == 1
        assert fits(kinds[0], row)


@pytest.mark.parametrize("name", [query.name for query in sql.QUERIES.values() if query.fetch == "each"])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_statement_for_many_callers_is_planned_once(name: str, connection: Any) -> None:
    """Not for the keys of each call: PostgreSQL tries that five times, then settles."""
    text = sql.QUERIES[name].text
    for calls in range(10):
        await connection.fetch(text, [str(UUID(int=n)) for n in range(calls % 3 + 1)])
    settled = "SELECT generic_plans FROM pg_prepared_statements WHERE statement = $1"
    assert await connection.fetchval(settled, text) == 5


def fits(kind: str, wanted: Any) -> bool:
    """Whether PostgreSQL's `kind` arrives as the annotation says."""
    if wanted in (Any, object):
        return True
    if get_origin(wanted) in (Union, types.UnionType):
        return any(fits(kind, choice) for choice in get_args(wanted) if choice is not type(None))
    if kind in ("json", "jsonb"):
        return get_origin(wanted) in (list, dict) or wanted in (list, dict)
    if kind.endswith("[]") or kind.startswith("_"):
        inner = kind.removesuffix("[]").removeprefix("_")
        return get_origin(wanted) is list and fits(inner, get_args(wanted)[0])
    if get_origin(wanted) is Literal:
        return all(type(choice) is PYTHON_OF.get(kind) for choice in get_args(wanted))
    return PYTHON_OF.get(kind) is wanted
