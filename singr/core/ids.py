"""Random names: unguessable tokens, and the short ids that tie log lines together."""

from __future__ import annotations

import re
import secrets

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def token(size: int = 32) -> str:
    """`size` random bytes, URL-safe base64 without padding."""
    return secrets.token_urlsafe(size)


def request_id(offered: str | None = None) -> str:
    """The caller's `X-Request-Id` when it is a sane token, else a new one."""
    if offered and SANE_REQUEST_ID.fullmatch(offered):
        return offered
    return secrets.token_hex(8)
