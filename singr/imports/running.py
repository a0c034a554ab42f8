"""One run of an import: its file fetched, read in batches that are put aside, and merged into the book at the end.

Whatever was put aside by a run that died is dropped by the next, and the book changes in one transaction with the
import's own end: a worker may die anywhere, and no song comes twice.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import IO

import msgspec

from singr.core.actor import Actor
from singr.http import kept
from singr.imports.imports import DROP_CHUNKS, DROP_SONGS
from singr.imports.reading.reader import Batch, Reader
from singr.imports.reading.rows import Broken
from singr.imports.shapes import Claimed, LineNote, Merged, Repeat
from singr.infra.kit import Kit
from singr.infra.postgres import Transaction
from singr.infra.sql import many, maybe, none, one
from singr.songs import asking, typos
from singr.songs.generations import JOIN_BY_HASH
from singr.songs.spelling import Spelt

CHUNK = maybe("import_chunk", bytes)
PROGRESSED = none("import_progressed")
LOCKED = maybe("import_locked", int)
MERGED = one("import_merged", Merged)
WEIGHED = one("import_weighed", Merged)
REPEATS = many("import_repeats", Repeat)
ENDED = none("import_ended")

STAGED = (
    *("song_imports_id", "line", "artist", "title", "combined", "normalized_combined"),
    *("artist_key", "title_key", "words"),
)
NOTES_MAX = 100
MERGE_TIMEOUT_S = 300
NOTHING = Merged(0, 0, 0, 0)


class NotOurs(Exception):
    """The import was cancelled, or another worker has taken it."""


@dataclass
class Tally:
    """What a run has seen so far."""

    read: int = 0
    staged: int = 0
    error_count: int = 0
    errors: list[LineNote] = field(default_factory=list)

    def note(self, line: int, kind: str, message: str) -> None:
        self.error_count += 1
        if len(self.errors) < NOTES_MAX:
            self.errors.append(LineNote(line, message, kind))

    def add(self, batch: Batch) -> None:
        self.read += batch.read
        for bad in batch.bad:
            self.note(bad.line, bad.kind, bad.message)


async def run(kit: Kit, job: Claimed) -> None:
    """Read an import's file and bring its songs into the book; raises NotOurs."""
    actor, tally = Actor(kind="job", id="run_import", user_id=job.by_user), Tally()
    with tempfile.NamedTemporaryFile(prefix="singr-import-") as file:
        await _fetch(kit, job, file)
        async with kit.db.transaction(actor) as tx:
            await _touch(tx, job, tally, 0)
            await DROP_SONGS(tx, tenant=job.tenant, import_id=job.id)
        reader = Reader(file.file, file.name, job.format, job.encoding)
        broken = await _stage(kit, job, reader, tally, actor)
        async with kit.db.transaction(actor, timeout_s=MERGE_TIMEOUT_S) as tx:
            await _end(tx, job, reader, tally, broken or _verdict(job, tally))
    kit.cache.forget(kept.book(job.tenant, job.system))


async def _fetch(kit: Kit, job: Claimed, file: IO[bytes]) -> None:
    """Write the file's pieces to a disk of ours."""
    number = 0
    while (piece := await CHUNK(kit.db, tenant=job.tenant, import_id=job.id, number=number)) is not None:
        await asyncio.to_thread(file.write, piece)
        number += 1
    await asyncio.to_thread(file.flush)


async def _stage(kit: Kit, job: Claimed, reader: Reader, tally: Tally, actor: Actor) -> str | None:
    """Put the file's songs aside, a batch in memory at a time; why it cannot be read to its end, if so."""
    async with aclosing(_batches(reader)) as batches:
        try:
            async for batch in batches:
                tally.add(batch)
                wanted = batch.songs if job.on_error == "skip" or not tally.error_count else []
                if not job.dry_run:
                    await typos.learn(kit.db, [song for _, song in wanted])
                async with kit.db.transaction(actor) as tx:
                    await _touch(tx, job, tally, batch.position)
                    await tx.copy("song_import_songs", STAGED, [_staged(job, line, song) for line, song in wanted])
                tally.staged += len(wanted)
        except Broken as exc:
            tally.note(exc.line, exc.kind, str(exc))
            return f"line {exc.line}: {exc}" if exc.line else str(exc)
    return None


async def _batches(reader: Reader) -> AsyncGenerator[Batch]:
    """A file's batches, the next one read while the last is put aside; raises Broken."""
    is_last = False
    coming = asyncio.ensure_future(asyncio.to_thread(reader.next))
    try:
        while not is_last:
            batch = await coming
            is_last = batch.is_last
            if not is_last:
                coming = asyncio.ensure_future(asyncio.to_thread(reader.next))
            yield batch
    finally:
        await asyncio.gather(coming, return_exceptions=True)


def _staged(job: Claimed, line: int, song: Spelt) -> tuple[object, ...]:
    within = asking.scope(job.tenant, job.system)
    texts = (song.artist, song.title, song.combined, song.normalized, song.artist_key, song.title_key)
    return job.id, line, *texts, " ".join(within + word for word in song.words)


async def _touch(tx: Transaction, job: Claimed, tally: Tally, position: int) -> None:
    given = {"tenant": job.tenant, "import_id": job.id, "attempt": job.attempt}
    if not await PROGRESSED(tx, **given, rows_read=tally.read, bytes_read=position):
        raise NotOurs


def _verdict(job: Claimed, tally: Tally) -> str | None:
    """Why a file that could be read is not taken."""
    if tally.error_count and job.on_error == "fail":
        return f"{tally.error_count} of {tally.read} lines cannot be read: nothing was changed"
    if tally.error_count * 2 > tally.read:
        return "more than half of the lines cannot be read: is it the right format?"
    return None if tally.staged else "there are no songs in this file"


async def _end(tx: Transaction, job: Claimed, reader: Reader, tally: Tally, problem: str | None) -> None:
    """Merge (or only count) what was put aside, and say what came of it."""
    ours = {"tenant": job.tenant, "import_id": job.id}
    if await LOCKED(tx, **ours, attempt=job.attempt) is None:
        raise NotOurs
    merged, repeats = NOTHING, []
    if problem is None:
        await JOIN_BY_HASH(tx)
        repeats = await REPEATS(tx, **ours, max_rows=NOTES_MAX)
        bring = WEIGHED if job.dry_run else MERGED
        merged = await bring(tx, **ours, system=job.system, replacing=job.mode == "replace")
    repeated = [LineNote(repeat.line, f"the same song as line {repeat.first}", "repeated") for repeat in repeats]
    await ENDED(
        tx,
        **ours,
        attempt=job.attempt,
        status="failed" if problem else "done",
        format=reader.format,
        rows_read=tally.read,
        merged=[merged.added, merged.updated, merged.songs - merged.added - merged.updated, merged.removed],
        duplicates=tally.staged - merged.songs if problem is None else 0,
        error_count=tally.error_count,
        errors=msgspec.to_builtins(tally.errors),
        repeated=msgspec.to_builtins(repeated),
        problem=problem,
    )
    await DROP_CHUNKS(tx, **ours)
    await DROP_SONGS(tx, **ours)
