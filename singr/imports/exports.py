"""A system's book as a file, sent as it is read: by stretches, so that a slow client holds no connection of ours."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable

import msgspec
from aiohttp import hdrs, web

from singr.core.errors import NotFound, Problem
from singr.http.call import Call
from singr.imports.shapes import ExportedSong
from singr.infra.sql import many
from singr.queue.exports import cell
from singr.systems.systems import KNOWN

STRETCH = many("songs_exported", ExportedSong)
SONGS_AT_ONCE = 1_000
JSON_TAIL = b"\n]\n"
START = {"artist_key": "", "title_key": "", "after": 0}

Write = Callable[[list[ExportedSong], bool], bytes]


async def export_csv(call: Call, request: web.Request, system_id: int) -> web.StreamResponse:
    """The book of a system as CSV, in order of artists."""
    return await _send(call, request, system_id, as_csv, "csv", "text/csv; charset=utf-8", tail=b"")


async def export_json(call: Call, request: web.Request, system_id: int) -> web.StreamResponse:
    """The book of a system as a JSON array of objects with artist and title, in order of artists."""
    return await _send(call, request, system_id, as_json, "json", "application/json", tail=JSON_TAIL)


async def stretches(call: Call, system: int) -> AsyncIterator[list[ExportedSong]]:
    """The book, a thousand songs at a time; at least one stretch."""
    after = START
    while True:
        songs = await STRETCH(call.kit.db, tenant=call.tenant, system=system, **after, max_rows=SONGS_AT_ONCE)
        yield songs
        if len(songs) < SONGS_AT_ONCE:
            return
        last = songs[-1]
        after = {"artist_key": last.artist_key, "title_key": last.title_key, "after": last.id}


async def _send(
    call: Call, request: web.Request, system: int, write: Write, kind: str, content_type: str, tail: bytes
) -> web.StreamResponse:
    if not await KNOWN(call.kit.db, tenant=call.tenant, number=system):
        raise NotFound("no such system")
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="songs-{system}.{kind}"',
        "Cache-Control": "no-store",
        "X-Request-Id": call.request_id,
    }
    if request.method == hdrs.METH_HEAD:
        return web.Response(headers=headers)
    response = web.StreamResponse(headers=headers)
    try:
        is_first = True
        async for songs in stretches(call, system):
            if is_first:
                await response.prepare(request)
            await response.write(write(songs, is_first))
            is_first = False
        await response.write_eof(tail)
    except (Problem, ConnectionError):
        if not response.prepared:
            raise
        # Half a book must not look like a whole one.
        if request.transport:
            request.transport.abort()
    return response


def as_csv(songs: list[ExportedSong], is_first: bool) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    if is_first:
        out.write("\ufeff")
        writer.writerow(("artist", "title"))
    writer.writerows((cell(song.artist), cell(song.title)) for song in songs)
    return out.getvalue().encode()


def as_json(songs: list[ExportedSong], is_first: bool) -> bytes:
    lines = [msgspec.json.encode({"artist": song.artist, "title": song.title}) for song in songs]
    return (b"[\n" if is_first else b",\n" if lines else b"") + b",\n".join(lines)
