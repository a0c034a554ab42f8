"""What happened in a night, as facts: the checker judges them afterwards and needs nothing else."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

Row = tuple[int, str, str]
"""A waiting request as everybody may see it: id, artist, title."""

CALM = "live"


def digest(rows: Iterable[Row]) -> str:
    """What is shown, in short; the order does not count."""
    return hashlib.blake2b(json.dumps(sorted(rows)).encode(), digest_size=8).hexdigest()


class Commit(NamedTuple):
    """What the database held of a venue at a version; `at` (Unix seconds) is just before the commit."""

    venue: str
    epoch: str
    version: int
    at: float
    digest: str


class Shown(NamedTuple):
    """What a watcher showed from `at` on. `venues` are those whose requests it showed, `secrets` the private notes."""

    watcher: str
    venue: str
    view: str
    at: float
    status: str
    epoch: str
    version: int
    digest: str
    venues: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()


class Write(NamedTuple):
    """What a writer asked for under one idempotency key. `title` is unique; `acked` and `withdrawn`: were we told?"""

    title: str
    acked: bool
    withdrawn: bool = False
    request_id: int | None = None


class Stored(NamedTuple):
    """A request in the database at the end."""

    title: str
    request_id: int
    status: str


class Sample(NamedTuple):
    """A process at a moment: rooms read from the database so far, and what it holds."""

    process: str
    at: float
    loads: float
    commits: int = 0


class Leftover(NamedTuple):
    """What a process still holds after everybody has left, and at most may."""

    process: str
    what: str
    found: float
    at_most: float


@dataclass
class Journal:
    """`secret_of` tells a singer's own private notes by watcher. `samples` are taken after the fault is over.
    `late_s` is how late the harness itself was at worst: what it notes, it may note so much later. `healed_at` is when
    the fault was over, `refused` what a write was told that nobody may tell it."""

    commits: list[Commit] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    secret_of: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    healed_at: float = math.inf
    reconnects: int = 0
    late_s: float = 0.0
