"""Answers that are not plain JSON of a Struct."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Reply(Struct, frozen=True):
    """Ready bytes with their type, for handlers whose answer is not JSON (CSV, SVG)."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = {}
