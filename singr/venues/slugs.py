"""Names of venues in addresses: short, typed easily, the same for everybody."""

from __future__ import annotations

import re
import secrets
import unicodedata

SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
LENGTH_MAX = 60
TRIES = 20
# Paths of our own beside the venues'.
RESERVED = frozenset({"nearby"})

_BETWEEN = re.compile(r"[^a-z0-9]+")
_APOSTROPHE = re.compile("['’`]")


def candidates(name: str) -> list[str]:
    """What a venue of this name may be called, the best first; the last is free as good as surely."""
    base = slug_of(name)
    counted = [base, *(f"{base}-{n}" for n in range(2, TRIES + 1)), f"{base}-{secrets.token_hex(4)}"]
    return [slug for slug in counted if slug not in RESERVED]


def slug_of(name: str) -> str:
    """`josies-cafe` for "Josie’s Café"; a name without Latin letters or digits gives `venue`."""
    latin = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", name)).encode("ascii", "ignore").decode().lower()
    return _BETWEEN.sub("-", latin)[:LENGTH_MAX].strip("-") or "venue"
