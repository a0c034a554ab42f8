"""The verbs of imports: begin with a file, show, list, cancel."""

from __future__ import annotations

import hashlib
from uuid import UUID

import asyncpg
import msgspec
from aiohttp import web

from singr.core import paging
from singr.core.errors import Conflict, FieldError, KeyReused, NotFound, ValidationFailed
from singr.core.paging import Id, Page
from singr.http import decode
from singr.http.call import Call
from singr.imports import uploads
from singr.imports.shapes import Import, ImportFile, ImportInto, ImportList, ImportRow, Keyed, LineNote
from singr.imports.uploads import Upload
from singr.infra.sql import many, maybe, none
from singr.systems.systems import KNOWN

OPEN = maybe("import_opened", int)
UPLOADED = none("import_uploaded")
KEYED = maybe("import_keyed", Keyed)
EXPIRE_KEY = none("import_key_expired")
DISCARD = none("import_discarded")
LISTED = many("imports_listed", ImportRow)
SHOWN = maybe("import_shown", ImportRow)
CANCEL = none("import_cancelled")
DROP_CHUNKS = none("import_chunks_dropped")
DROP_SONGS = none("import_songs_dropped")

AT_ONCE_MAX = 5
LAST_ID = 2**63 - 1
RUN = "run_import"
RUN_TIMEOUT_S = 900


class TooManyImports(Conflict):
    title = "Wait for the imports under way"


class ImportFinished(Conflict):
    title = "The import has finished"


async def into_system(call: Call, request: web.Request, system_id: int) -> web.Response:
    """Bring a file of songs into the book of a system: CSV, JSON, lines "Artist - Title", or OpenKJ's own database.

    The file is the body itself or the first file of a form, at most 50 MB. A job reads it: the answer is the import,
    whose progress is shown at `/v1/customer/songdb/imports/{id}`.
    """
    return await _begin(call, request, system_id, decode.query(request, ImportFile))


async def into_book(call: Call, request: web.Request) -> web.Response:
    """Bring a file of songs into a book, that of system 1 unless `systemId` says another."""
    asked: ImportInto = decode.query(request, ImportInto)
    return await _begin(call, request, asked.system_id, asked)


async def _begin(call: Call, request: web.Request, system: int, asked: ImportFile) -> web.Response:
    upload = Upload(request)
    await upload.begin()
    opened = await open_import(call, system, asked, upload.name)
    try:
        uploaded = await uploads.keep(call, call.tenant, opened, upload)
        if not uploaded.size:
            raise ValidationFailed("the file is empty", errors=(FieldError("", "send a file"),))
        told = msgspec.json.encode([system, asked, uploaded.digest])
        first = await queue(call, opened, uploaded.size, hashlib.sha256(told).hexdigest())
    except BaseException:
        await _discard(call, opened)
        raise
    await call.kit.jobs.post(
        RUN, key=f"import:{first}:0", timeout_s=RUN_TIMEOUT_S, tenant=str(call.tenant), import_id=first
    )
    body = msgspec.json.encode(shown(await find(call, first)))
    headers = {"Location": f"/v1/customer/songdb/imports/{first}", "Cache-Control": "no-store"}
    if first != opened:
        headers["Idempotency-Replayed"] = "true"
    return web.Response(body=body, status=202, headers=headers, content_type="application/json")


async def show(call: Call, import_id: int) -> Import:
    """An import: how far it is, and what came of it."""
    return shown(await find(call, import_id))


async def list_own(call: Call, *, query: ImportList) -> Page[Import]:
    """The organization's imports, the newest first."""
    before = paging.position(query.cursor, tuple[Id])
    given = {"system": query.system_id, "before": before[0] if before else LAST_ID, "max_rows": query.limit + 1}
    found = paging.page(await LISTED(call.kit.db, tenant=call.tenant, **given), query.limit, lambda row: (row.id,))
    return Page([shown(row) for row in found.items], found.next_cursor)


async def cancel(call: Call, import_id: int) -> Import:
    """End an import before it has changed the book. Doing so twice is fine; one that has finished is a conflict."""
    async with call.kit.db.transaction(call.actor) as tx:
        given = {"tenant": call.tenant, "import_id": import_id}
        if await CANCEL(tx, **given):
            await DROP_CHUNKS(tx, **given)
            await DROP_SONGS(tx, **given)
    row = await find(call, import_id)
    if row.status != "cancelled":
        raise ImportFinished(f"it is {row.status}")
    return shown(row)


async def find(call: Call, import_id: int) -> ImportRow:
    """A tenant's import; raises NotFound."""
    row = await SHOWN(call.kit.db, tenant=call.tenant, import_id=import_id)
    if row is None:
        raise NotFound("no such import")
    return row


def shown(row: ImportRow) -> Import:
    """A row as the API shows it."""
    return Import(
        **msgspec.structs.asdict(row)
        | {
            "errors": msgspec.convert(row.errors, list[LineNote]),
            "repeated": msgspec.convert(row.repeated, list[LineNote]),
        }
    )


async def open_import(call: Call, system: int, asked: ImportFile, name: str | None) -> int:
    """Begin an import whose file is to come; raises NotFound, TooManyImports."""
    given = {
        "mode": asked.mode,
        "on_error": asked.on_error,
        "dry_run": asked.dry_run,
        "format": asked.format,
        "encoding": asked.encoding,
    }
    who = {"tenant": call.tenant, "by_user": call.actor.user_id}
    async with call.kit.db.transaction(call.actor) as tx:
        opened = await OPEN(tx, **who, **given, system=system, file_name=name, most=AT_ONCE_MAX)
    if opened is not None:
        return opened
    if not await KNOWN(call.kit.db, tenant=call.tenant, number=system):
        raise NotFound("no such system")
    raise TooManyImports(f"at most {AT_ONCE_MAX} at once", retry_after_s=10)


async def queue(call: Call, import_id: int, size: int, fingerprint: str) -> int:
    """Let a worker have the file. The import's id: an earlier one's where the same came under the same key."""
    key = call.idempotency_key and f"{call.actor}:{call.idempotency_key}"
    try:
        await _uploaded(call, call.tenant, import_id, size, key, fingerprint)
    except asyncpg.UniqueViolationError as exc:
        found = await KEYED(call.kit.db, tenant=call.tenant, key=key)
        if found is None:
            await EXPIRE_KEY(call.kit.db, tenant=call.tenant, key=key)
            await _uploaded(call, call.tenant, import_id, size, key, fingerprint)
            return import_id
        if found.fingerprint != fingerprint:
            raise KeyReused from exc
        await _discard(call, import_id)
        return found.id
    return import_id


async def _uploaded(call: Call, tenant: UUID, import_id: int, size: int, key: str | None, fingerprint: str) -> None:
    given = {"bytes": size, "key": key, "fingerprint": fingerprint}
    async with call.kit.db.transaction(call.actor) as tx:
        is_ours = await UPLOADED(tx, tenant=tenant, import_id=import_id, **given)
    if not is_ours:
        raise ImportFinished("it was cancelled")


async def _discard(call: Call, import_id: int) -> None:
    async with call.kit.db.transaction(call.actor) as tx:
        await DISCARD(tx, tenant=call.tenant, import_id=import_id)
