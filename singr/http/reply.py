"""Answers that are not plain JSON of a Struct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Reply(Struct, frozen=True):
    """Ready bytes with their type, for handlers whose answer is not JSON (CSV, SVG)."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = {}


class SessionTokens(Struct, frozen=True):
    """What a signed-in browser keeps; without a refresh token it keeps the one it has."""

    session: str
    access_token: str
    refresh_token: str | None = None


class WithCookies(Struct, frozen=True):
    """`body` as any answer, and a browser's session beside it; `tokens` None ends that."""

    body: Any
    tokens: SessionTokens | None
