"""A file on its way in: read from the call piece by piece and kept in the database, where every worker finds it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError
from msgspec import Struct

from singr.core.errors import PayloadTooLarge, ValidationFailed
from singr.core.text import clean
from singr.http.call import Call
from singr.infra.sql import none

STORE = none("import_chunk_stored")

FILE_MAX = 50 << 20
CHUNK = 256 << 10
NAME_MAX = 200
PARTS_MAX = 10
# What aiohttp says of a body that breaks off, and of a form that is none.
UNREADABLE = (ValueError, AssertionError, RequestPayloadError, HttpProcessingError, ConnectionError)
# A phone's line may be slow, but not silent.
SILENCE_S = 30
UPLOAD_S = 900


class Uploaded(Struct):
    size: int
    digest: str


class Pieces(Protocol):
    """A file, piece by piece."""

    def pieces(self) -> AsyncIterator[bytes]: ...


class Upload:
    """The file in a call's body: the body itself, or the first file of a form."""

    def __init__(self, request: web.Request) -> None:
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() not in ("", "identity"):
            raise ValidationFailed("compressed bodies are not read")
        if (request.content_length or 0) > FILE_MAX + CHUNK:
            raise PayloadTooLarge(f"at most {FILE_MAX} bytes")
        self._request = request
        self._part: BodyPartReader | None = None
        self.name: str | None = None

    async def begin(self) -> None:
        """Find the file, and its name; raises ValidationFailed for a form without one."""
        if self._request.content_type != "multipart/form-data":
            return
        try:
            async with asyncio.timeout(SILENCE_S):
                await self._find()
        except TimeoutError as exc:
            raise ValidationFailed("the file did not arrive in time") from exc
        except UNREADABLE as exc:
            raise ValidationFailed("the form cannot be read") from exc

    async def _find(self) -> None:
        form = await self._request.multipart()
        for _ in range(PARTS_MAX):
            part = await form.next()
            if part is None:
                break
            if isinstance(part, BodyPartReader) and part.filename is not None:
                self._part, self.name = part, clean(part.filename)[:NAME_MAX] or None
                return
        raise ValidationFailed("the form has no file")

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file, at most CHUNK at a time; raises ValidationFailed where it does not arrive as its headers say."""
        try:
            while True:
                async with asyncio.timeout(SILENCE_S):
                    piece = await (self._part.read_chunk(CHUNK) if self._part else self._request.content.read(CHUNK))
                if not piece:
                    return
                yield piece
        except TimeoutError as exc:
            raise ValidationFailed("the file did not arrive in time") from exc
        except UNREADABLE as exc:
            raise ValidationFailed("the file cannot be read as its headers say") from exc


async def keep(call: Call, tenant: UUID, import_id: int, upload: Pieces) -> Uploaded:
    """Put a file into the database, one piece in memory at a time; raises PayloadTooLarge, ValidationFailed."""
    held, size, number, seen = bytearray(), 0, 0, hashlib.sha256()
    given = {"tenant": tenant, "import_id": import_id}
    async with asyncio.timeout(UPLOAD_S):
        async for piece in upload.pieces():
            if (size := size + len(piece)) > FILE_MAX:
                raise PayloadTooLarge(f"at most {FILE_MAX} bytes")
            seen.update(piece)
            held += piece
            while len(held) >= CHUNK:
                await STORE(call.kit.db, **given, number=number, data=bytes(held[:CHUNK]))
                del held[:CHUNK]
                number += 1
    if held:
        await STORE(call.kit.db, **given, number=number, data=bytes(held))
    return Uploaded(size, seen.hexdigest())
