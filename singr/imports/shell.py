"""Books brought and taken from a shell: the same import, worked on here and now."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from singr.core.actor import Actor, Context
from singr.core.errors import NotFound, ValidationFailed
from singr.http.call import Call
from singr.imports import exports, imports, jobs, running, uploads
from singr.imports.shapes import Import, ImportInto, Owned
from singr.infra.kit import Kit
from singr.infra.sql import many
from singr.systems.systems import KNOWN

OWNED = many("organizations_of", Owned)
LOOK_EVERY_S = 0.2


class OnDisk:
    """A file of ours as an upload."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def pieces(self) -> AsyncIterator[bytes]:
        with self._path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, uploads.CHUNK):
                yield piece


async def bring(kit: Kit, owner: str | None, path: Path, asked: ImportInto, say: Callable[[Import], None]) -> Import:
    """Import a file into a book of the organization whose owner has this address; `say` gets its progress."""
    call = await _as_owner(kit, owner)
    opened = await imports.open_import(call, asked.system_id, asked, path.name)
    uploaded = await uploads.keep(call, call.tenant, opened, OnDisk(path))
    await imports.queue(call, opened, uploaded.size, uploaded.digest)
    job = await jobs.claim(kit, call.tenant, opened)
    if job is not None:
        async with asyncio.TaskGroup() as group:
            running_now = group.create_task(running.run(kit, job))
            while not running_now.done():
                say(await imports.show(call, opened))
                await asyncio.wait([running_now], timeout=LOOK_EVERY_S)
    done = await imports.show(call, opened)
    say(done)
    return done


async def import_file(kit: Kit, arguments: Namespace) -> bool:
    """`singr songs import`: with its progress on a terminal, and at the end what came of it; whether it was taken."""
    given = {"systemId": arguments.system, "mode": arguments.mode, "onError": arguments.on_error}
    given |= {"dryRun": arguments.dry_run, "format": arguments.format or "auto", "encoding": arguments.encoding}
    path = Path(arguments.file or "")
    if not path.is_file():  # noqa: ASYNC240
        raise ValidationFailed(f"there is no file {path}")
    try:
        asked = msgspec.convert(given, ImportInto)
    except msgspec.ValidationError as exc:
        raise ValidationFailed(str(exc)) from exc
    done = await bring(kit, arguments.owner, path, asked, _bar if sys.stderr.isatty() else lambda _: None)
    for note in (*done.errors, *done.repeated):
        print(f"line {note.line}: {note.message}", file=sys.stderr)  # noqa: T201
    told = f"{done.rows_added} added, {done.rows_updated} updated, {done.rows_unchanged} as before"
    told += f", {done.rows_removed} removed, {done.duplicates} twice in the file, {done.error_count} bad lines"
    print(f"{done.problem or 'dry run' if done.problem or done.dry_run else 'done'}: {told}")  # noqa: T201
    return done.status == "done"


def _bar(now: Import) -> None:
    part = now.bytes_read / max(now.bytes, 1)
    end = "" if now.finished_at is None else "\n"
    sys.stderr.write(f"\r[{'#' * int(part * 30):<30}] {part:4.0%}  {now.rows_read:,} songs{end}")
    sys.stderr.flush()


async def take(kit: Kit, owner: str | None, system: int, kind: str) -> AsyncIterator[bytes]:
    """A book as the API exports it, piece by piece."""
    call = await _as_owner(kit, owner)
    if not await KNOWN(kit.db, tenant=call.tenant, number=system):
        raise NotFound(f"there is no system {system}")
    write, is_first = (exports.as_json if kind == "json" else exports.as_csv), True
    async for songs in exports.stretches(call, system):
        yield write(songs, is_first)
        is_first = False
    yield exports.JSON_TAIL if kind == "json" else b""


async def _as_owner(kit: Kit, owner: str | None) -> Call:
    """The operator in the place of an organization; the only one there is unless its owner is named."""
    found = await OWNED(kit.db, owner=owner, max_rows=2)
    if not found:
        raise NotFound("there is no such organization")
    if len(found) > 1:
        raise ValidationFailed("there are several organizations: say whose with --owner E-MAIL")
    return Call(Actor(kind="system", id="shell", context=Context("customer", found[0].id)), kit)
