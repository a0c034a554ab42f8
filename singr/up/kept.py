"""Secrets of a private night: made at the first start, kept in a file of mode 0600, the same ever after."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec import Struct


class Secrets(Struct, frozen=True):
    """`jwt_private_key` is a P-256 key in PKCS #8 PEM; the rest are random URL-safe texts."""

    postgres_password: str
    redis_password: str
    auth_secret: str
    jwt_private_key: str
    openkj_api_key: str


def read_or_make(path: Path) -> Secrets:
    """The secrets in `path`, made and written there if there are none yet."""
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    made = Secrets(
        postgres_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        auth_secret=secrets.token_urlsafe(48),
        jwt_private_key=_signing_key(),
        openkj_api_key=secrets.token_urlsafe(32),
    )
    write_privately(path, msgspec.to_builtins(made))
    return made


def write_privately(path: Path, content: object) -> None:
    """JSON into a file only we can read, whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(content, indent=2) + "\n")
    beside.replace(path)


def _signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
