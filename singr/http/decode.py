"""What a call carries, as typed values; everything unreadable becomes a ValidationFailed that names its place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import PayloadEncodingError
from aiohttp.web_protocol import RequestPayloadError

from singr.core.errors import FieldError, NotFound, PayloadTooLarge, ValidationFailed
from singr.core.instants import outside_time
from singr.http import problems

BODY_TIMEOUT_S = 30
NUMBER = re.compile(r"[0-9]{1,18}")
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")

Decode = Callable[[bytes], Any]


async def read(request: web.Request, limit: int) -> bytes:
    """The body, at most `limit` bytes; raises PayloadTooLarge."""
    if (request.content_length or 0) > limit:
        raise PayloadTooLarge(f"at most {limit} bytes")
    chunks, size = [], 0
    try:
        if request.content.is_eof():  # it came with its head, as small ones do
            return _within(request.content.read_nowait(), limit)
        async with asyncio.timeout(BODY_TIMEOUT_S):
            while chunk := await request.content.readany():
                chunks.append(chunk)
                if (size := size + len(chunk)) > limit:
                    raise PayloadTooLarge(f"at most {limit} bytes")
    except TimeoutError as exc:
        raise ValidationFailed("the body did not arrive in time") from exc
    except (RequestPayloadError, PayloadEncodingError, ConnectionError) as exc:
        raise ValidationFailed("the body cannot be read as its headers say") from exc
    return b"".join(chunks)


def _within(raw: bytes, limit: int) -> bytes:
    if len(raw) > limit:
        raise PayloadTooLarge(f"at most {limit} bytes")
    return raw


def body(raw: bytes, decode: Decode) -> Any:
    try:
        return _in_time(decode(raw), "body")
    except msgspec.MsgspecError as exc:
        raise problems.from_msgspec(exc, "body") from exc
    except UnicodeDecodeError as exc:
        raise ValidationFailed("the body is not UTF-8") from exc


def query(request: web.Request, shape: type) -> Any:
    """The query as `shape`; the first of repeated parameters counts, unknown ones are ignored."""
    given = {name: request.query[name] for name in request.query}
    if unstorable := next((name for name, text in given.items() if "\x00" in text), None):
        raise ValidationFailed(errors=(FieldError(unstorable, "contains a NUL character"),))
    try:
        return _in_time(msgspec.convert(given, shape, strict=False), "query")
    except msgspec.ValidationError as exc:
        raise problems.from_msgspec(exc, "query") from exc


def _in_time(given: Any, what: str) -> Any:
    if (place := outside_time(given)) is not None:
        error = FieldError(place.lstrip("."), "must be within years 1 to 9999 in UTC")
        raise ValidationFailed(f"the {what} is not valid", errors=(error,))
    return given


def path(request: web.Request, types: dict[str, type]) -> dict[str, Any]:
    """The path's parameters; one that cannot be an id at all is not found."""
    try:
        return {name: _one(request.match_info[name], kind) for name, kind in types.items()}
    except ValueError as exc:
        raise NotFound from exc


def _one(text: str, kind: type) -> Any:
    if "\x00" in text:  # PostgreSQL takes none in a text
        raise ValueError(text)
    if kind is str:
        return text
    if kind is int and not NUMBER.fullmatch(text):
        raise ValueError(text)
    return UUID(text) if kind is UUID else kind(text)


def idempotency_key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
        raise ValidationFailed(errors=(FieldError("Idempotency-Key", "1 to 200 printable ASCII characters"),))
    return key
