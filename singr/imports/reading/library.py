"""OpenKJ's own database: SQLite, table `dbsongs`. Whoever made the file is a stranger, so it may do nothing but give
two texts a row: no views, no functions, no writing, and no more than it could give honestly."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from singr.imports.reading.rows import LINE_MAX, NO_SONGS, Bad, Broken, Row

IS_TABLE = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'dbsongs' COLLATE NOCASE"
SONGS = "SELECT rowid, artist, title, discid FROM dbsongs"
COMPUTED = re.compile(r"\bAS\b", re.I)
STEPS = 10_000
# Two texts a row take some dozen steps; a million rows with all their pages stay far below.
CALLS_MAX = 20_000
ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})


def library(path: str) -> Iterator[Row | Bad | None]:
    """The songs of an OpenKJ database; None for what OpenKJ itself has dropped or cannot play. Raises Broken."""
    try:
        with closing(_opened(path)) as link:
            yield from _songs(link)
    except (sqlite3.Error, OverflowError) as exc:
        raise Broken(0, "no_database", f"the database cannot be read: {exc}") from exc


def _opened(path: str) -> sqlite3.Connection:
    # Steps of the reader run in whatever thread is free, one after the other.
    link = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    link.text_factory = lambda raw: raw.decode("utf-8", "replace")
    for limit, most in (
        (sqlite3.SQLITE_LIMIT_LENGTH, 4 * LINE_MAX),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, LINE_MAX),
        (sqlite3.SQLITE_LIMIT_COLUMN, 100),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    ):
        link.setlimit(limit, most)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        link.execute(f"PRAGMA {pragma}")
    calls = iter(range(CALLS_MAX))
    link.set_progress_handler(lambda: next(calls, None) is None, STEPS)
    link.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY)
    return link


def _songs(link: sqlite3.Connection) -> Iterator[Row | Bad | None]:
    described = link.execute(IS_TABLE).fetchone()
    if not described or not str(described[0]).upper().startswith("CREATE TABLE") or COMPUTED.search(str(described[0])):
        raise Broken(0, "no_database", "this is no OpenKJ database: it has no table dbsongs")
    for line, artist, title, disc in link.execute(SONGS):
        yield None if disc in NO_SONGS else Row(line, artist, title)
