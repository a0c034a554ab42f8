"""Files as KJs have them, and an import from upload to end."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from singr.imports import jobs
from tests.house import House

INTO = "/v1/customer/systems/1/songs/import"
IMPORTS = "/v1/customer/songdb/imports"
BOOK = "SELECT array_agg(artist || '|' || title ORDER BY normalized_combined) FROM songdb"


async def upload(house: House, data: Any, path: str = INTO, **asked: str) -> tuple[int, Any]:
    """Send a file; the import, or the problem."""
    headers = await house.sign_in()
    if key := asked.pop("key", None):
        headers = headers | {"Idempotency-Key": key}
    return await house.call("POST", path, data=data, params=asked, headers=headers)


async def show(house: House, import_id: int) -> dict[str, Any]:
    _, found = await house.call("GET", f"{IMPORTS}/{import_id}", headers=await house.sign_in())
    return dict(found)


async def run(house: House, import_id: int) -> dict[str, Any]:
    """Work on an import as a worker would, and show what came of it."""
    tenant = await house.value(
        "SELECT customer_profiles_id::text FROM song_imports WHERE song_imports_id = $1", import_id
    )
    await jobs.run_import(house.kit, tenant=tenant, import_id=import_id)
    return await show(house, import_id)


async def brought(house: House, data: Any, **asked: str) -> dict[str, Any]:
    """Upload and run."""
    status, begun = await upload(house, data, **asked)
    assert status == 202, begun
    return await run(house, begun["id"])


def counts(done: dict[str, Any]) -> tuple[int, ...]:
    """What was read, added, updated, left, removed, there twice, and bad."""
    names = ("rowsRead", "rowsAdded", "rowsUpdated", "rowsUnchanged", "rowsRemoved", "duplicates", "errorCount")
    return tuple(done[name] for name in names)


async def book(house: House) -> list[str]:
    return list(await house.value(BOOK) or [])


def lines(songs: Iterable[tuple[str, str]], delimiter: str = ",") -> bytes:
    return "".join(f"{artist}{delimiter}{title}\n" for artist, title in songs).encode()


def many(count: int) -> Iterable[tuple[str, str]]:
    return ((f"Artist {n % 400}", f"Song {n}") for n in range(count))


def library(songs: Iterable[tuple[str, str, str]], *statements: str) -> bytes:
    """An OpenKJ database of (artist, title, disc)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openkj.sqlite"
        with closing(sqlite3.connect(path)) as link:
            link.execute(
                "CREATE TABLE dbsongs (songid INTEGER PRIMARY KEY AUTOINCREMENT, Artist COLLATE NOCASE, Title COLLATE"
                " NOCASE, DiscId COLLATE NOCASE, Duration INTEGER, path VARCHAR(700) NOT NULL UNIQUE, filename COLLATE"
                " NOCASE, searchstring TEXT, plays INT DEFAULT(0), lastplay TIMESTAMP)"
            )
            link.executemany(
                "INSERT INTO dbsongs (Artist, Title, DiscId, path) VALUES (?, ?, ?, hex(randomblob(9)))", list(songs)
            )
            for statement in statements:
                link.execute(statement)
            link.commit()
        return path.read_bytes()
