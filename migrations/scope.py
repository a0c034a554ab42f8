"""Which objects of the database are ours to compare: PostGIS keeps a table of its own beside them."""

from __future__ import annotations

from typing import Any

THEIRS = frozenset({"spatial_ref_sys"})


def ours(_item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Alembic's `include_object`."""
    return not (kind == "table" and name in THEIRS)
