"""SQL files in, typed statements out.

A file in `sql/` holds statements separated by headers:

    -- venues_nearby(lon, lat, radius_m, max_rows) -> many
    -- Venues within radius_m metres that accept requests, nearest first.
    SELECT … WHERE ST_DWithin(location, ST_Point(:lon, :lat)::geography, :radius_m) …

The header's parameters become $1..$n in that order. A domain binds a statement once to the type of its rows:

    NEARBY = many("venues_nearby", VenueCard)
    cards = await NEARBY(call.kit.db, lon=…, lat=…, radius_m=…, max_rows=…)

A name declared but not used, used but not declared, or defined twice, and a header that is not quite one, stop the
process at import. That every row type
has exactly its statement's columns is a law test (`tests/laws/test_sql.py`), which prepares all of `BOUND`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import singr

Row = TypeVar("Row")

HEADER = re.compile(r"^-- (\w+)\(([\w, ]*)\) -> (none|value|one|maybe|many|each)\n((?:--.*\n)*)", re.M)
ALMOST_HEADER = re.compile(r"^[ \t]*--[^\n(]*\([^)\n]*\)[ \t]*[-=–—~]+>.*$", re.M)
NAMED = re.compile(r"'(?:[^']|'')*'|--[^\n]*|::\w+|(?<![:\w]):(\w+)")


class BadSQLFile(Exception):
    """A file in sql/ breaks the header contract; the message says where."""


class Runs(Protocol):
    """Where a statement can run: a `Database` (its own implicit transaction) or an open `Transaction`."""

    async def fetch(self, text: str, args: Sequence[Any]) -> list[Any]: ...
    async def pick(self, text: str, key: Any) -> Any | None: ...
    async def execute(self, text: str, args: Sequence[Any]) -> int: ...


@dataclass(frozen=True, slots=True)
class Query:
    """One statement of a file; `fetch` is the word after the arrow."""

    name: str
    params: tuple[str, ...]
    fetch: str
    doc: str
    text: str


def folder() -> Path:
    """The SQL files: inside the package in a wheel, beside it in a checkout."""
    package = Path(singr.__file__).parent
    inside = package / "sql"
    return inside if inside.is_dir() else package.parent / "sql"


def parse(source: str) -> dict[str, Query]:
    """The statements of one file by name; raises BadSQLFile."""
    queries: dict[str, Query] = {}
    before, *chunks = HEADER.split(source)
    if before.strip():
        raise BadSQLFile(f"not under a header: {before.strip()[:60]}")
    for name, params, fetch, doc, text in zip(*[iter(chunks)] * 5, strict=True):
        if name in queries:
            raise BadSQLFile(f"{name} is defined twice")
        if wrong := ALMOST_HEADER.search(doc + text):
            raise BadSQLFile(f"after {name}: not a header: {wrong[0].strip()}")
        names = tuple(p.strip() for p in params.split(",") if p.strip())
        if len(set(names)) < len(names):
            raise BadSQLFile(f"{name}: a parameter is declared twice")
        numbered = _number(name, names, text.strip().rstrip(";"))
        queries[name] = Query(name, names, fetch, doc.replace("-- ", "").strip(), numbered)
    return queries


def _number(name: str, params: tuple[str, ...], text: str) -> str:
    used: set[str] = set()

    def place(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        if match[1] not in params:
            raise BadSQLFile(f"{name}: ':{match[1]}' is not in its header")
        used.add(match[1])
        return f"${params.index(match[1]) + 1}"

    numbered = NAMED.sub(place, text)
    if unused := set(params) - used:
        raise BadSQLFile(f"{name}: declared but unused: {sorted(unused)}")
    return numbered


def load(directory: Path) -> dict[str, Query]:
    """Every statement of a folder by name; raises BadSQLFile."""
    found: dict[str, Query] = {}
    for file in sorted(directory.glob("*.sql")):
        for name, query in parse(file.read_text("utf-8")).items():
            if name in found:
                raise BadSQLFile(f"{name} is defined in two files")
            found[name] = query
    return found


QUERIES = load(folder())
BOUND: list[tuple[Query, type]] = []


@dataclass(frozen=True, slots=True)
class Statement(Generic[Row]):
    """A statement bound to its row type; subclasses say how many rows there are."""

    query: Query
    row: Callable[..., Row]

    def _args(self, given: dict[str, Any]) -> list[Any]:
        if len(given) != len(self.query.params):
            raise TypeError(f"{self.query.name} takes {self.query.params}, got {tuple(given)}")
        return [given[name] for name in self.query.params]


class Many(Statement[Row]):
    async def __call__(self, on: Runs, **given: Any) -> list[Row]:
        return [self.row(*record) for record in await on.fetch(self.query.text, self._args(given))]


class Maybe(Statement[Row]):
    async def __call__(self, on: Runs, **given: Any) -> Row | None:
        records = await on.fetch(self.query.text, self._args(given))
        return self.row(*records[0]) if records else None


class Each(Statement[Row]):
    """Takes an array; a row's first column says for which of its elements it is. Who asks at once is answered at once
    (`infra.gathering`). The statement sees the array through a SELECT of its own: PostgreSQL would make a plan for the
    elements of each, which costs it as much as to look them up."""

    async def __call__(self, on: Runs, key: Any) -> Row | None:
        record = await on.pick(self.query.text, key)
        return self.row(*record[1:]) if record else None


class One(Statement[Row]):
    async def __call__(self, on: Runs, **given: Any) -> Row:
        records = await on.fetch(self.query.text, self._args(given))
        if len(records) != 1:
            raise LookupError(f"{self.query.name} gave {len(records)} rows")
        return self.row(*records[0])


class Value(Statement[Row]):
    async def __call__(self, on: Runs, **given: Any) -> Row:
        records = await on.fetch(self.query.text, self._args(given))
        if len(records) != 1:
            raise LookupError(f"{self.query.name} gave {len(records)} rows")
        found: Row = records[0][0]
        return found


class Nothing(Statement[None]):
    async def __call__(self, on: Runs, **given: Any) -> int:
        """The number of rows affected."""
        return await on.execute(self.query.text, self._args(given))


def _find(name: str, fetch: str, row: type) -> Query:
    if name not in QUERIES:
        raise BadSQLFile(f"{name} is in no file of sql/")
    query = QUERIES[name]
    if query.fetch != fetch:
        raise BadSQLFile(f"{name} is declared -> {query.fetch}, bound as {fetch}")
    BOUND.append((query, row))
    return query


def many(name: str, row: type[Row]) -> Many[Row]:
    return Many(_find(name, "many", row), row)


def maybe(name: str, row: type[Row]) -> Maybe[Row]:
    return Maybe(_find(name, "maybe", row), row)


def each(name: str, row: type[Row]) -> Each[Row]:
    return Each(_find(name, "each", row), row)


def one(name: str, row: type[Row]) -> One[Row]:
    return One(_find(name, "one", row), row)


def value(name: str, row: type[Row]) -> Value[Row]:
    """The single value of a single row."""
    return Value(_find(name, "value", row), row)


def none(name: str) -> Nothing:
    return Nothing(_find(name, "none", type(None)), type(None))
