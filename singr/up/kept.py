"""Secrets of a private night: made at the first start, kept in a file of mode 0600, the same ever after."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from singr.identity import keys


class Secrets(Struct, frozen=True):
    """`jwt_private_keys` is one P-256 key in PEM; the others are random URL-safe texts."""

    postgres_password: str
    redis_password: str
    auth_secret: str
    jwt_private_keys: str
    openkj_api_key: str


def read_or_make(path: Path) -> Secrets:
    """The secrets in `path`, made and written there if there are none yet."""
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    made = Secrets(
        postgres_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        auth_secret=secrets.token_urlsafe(48),
        jwt_private_keys=keys.generate(),
        openkj_api_key=f"skj_{secrets.token_urlsafe(32)}",
    )
    write_privately(path, made)
    return made


def write_privately(path: Path, content: Struct) -> None:
    """JSON into a file only we can read, whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    beside.replace(path)
