"""What the cache keeps, and for how long."""

from __future__ import annotations

from msgspec import Struct


class Keep(Struct, frozen=True):
    """An answer is given for `fresh_s` (give or take a fifth); asked for after that, it is given once more while it is
    renewed, `stale_s` longer at most. What costs no more than asking Redis
    is kept `alone`, by each process for itself and for a second at most."""

    fresh_s: float
    stale_s: float
    alone: bool = False


class Entry(Struct, array_like=True):
    """An answer as Redis holds it; fresh until an instant in Unix seconds."""

    fresh_until_s: float
    generations: list[bytes | None]
    body: bytes
