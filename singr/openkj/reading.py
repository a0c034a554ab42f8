"""A call's body as a dict, however it was written: a KJ's program shows no error and tries no second time.

Accepted beyond JSON: a byte order mark, bytes that are not UTF-8, lone surrogates, raw control characters. Fields may
stand at the top or inside `payload`.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from singr.core.errors import FieldError, ValidationFailed
from singr.songs.spelling import storable

LARGE = 1 << 20

Shape = TypeVar("Shape", bound=Struct)


async def read(raw: bytes) -> dict[str, Any] | None:
    """The members of the body, or None where it is no JSON object. A large or broken one is read beside the loop."""
    try:
        found = await asyncio.to_thread(msgspec.json.decode, raw) if len(raw) > LARGE else msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        found = await asyncio.to_thread(_read_broken, raw)
    if not isinstance(found, dict):
        return None
    inner = found.get("payload")
    return {**inner, **found} if isinstance(inner, dict) else found


def shaped(asked: dict[str, Any], shape: type[Shape]) -> Shape:
    """The fields a command needs: `"7"` is 7 and 1 is true, unknown ones are ignored; raises ValidationFailed."""
    for name in shape.__struct_fields__:
        if isinstance(text := asked.get(name), str) and storable(text) != text:
            raise ValidationFailed(errors=(FieldError(name, "has characters that cannot be stored"),))
    try:
        return msgspec.convert(asked, shape, strict=False)
    except msgspec.ValidationError as exc:
        reason, _, path = str(exc).partition(" - at ")
        field = path.strip("`").removeprefix("$").lstrip(".")
        raise ValidationFailed(errors=(FieldError(field, reason),)) from exc


def _read_broken(raw: bytes) -> Any:
    text = raw.decode("utf-8-sig", "replace").strip(" \t\r\n\x00\ufeff")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
