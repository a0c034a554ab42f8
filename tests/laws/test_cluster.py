"""Law: whatever is asked of Redis can be asked of a cluster."""

from __future__ import annotations

import re
from pathlib import Path

SINGR = Path(__file__).parents[2] / "singr"
SEVERAL = re.compile(r"\.(pipeline|mget|mset|sinter|sunion|rename|keys|scan_iter|flushdb|pubsub|publish)\(")


def test_nothing_is_asked_that_a_cluster_answers_otherwise_or_not_at_all() -> None:
    """Several keys in one go need one slot: scripts see to that by a tag in their names. SAQ has its own Redis."""
    asked = [
        f"{path.relative_to(SINGR)}: {line.strip()}"
        for path in sorted(SINGR.rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"\b_?redis\.", line) and SEVERAL.search(line)
    ]
    assert asked == []
