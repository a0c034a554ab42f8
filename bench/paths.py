"""Hot paths: CPU a call and calls a second, beside Fastify and node-postgres on the same database, asked in turns.

A ratio of CPU under 1 says that we are cheaper. The reference knows no limits, logs, metrics, house rules or privacy.
"""

from __future__ import annotations

import asyncio

from bench.figures import Figure
from bench.house import filled
from bench.reference.compare import Ratio, compared
from bench.scale import scale

REFERENCE = "Fastify + pg"
FIGURES = (
    ("the server", "cpu_us", "µs CPU a call", "≤ 1 × the reference"),
    ("the database", "database_us", "µs CPU a call", ""),
    ("together", "per_s", "calls/s", "≥ 1 × the reference"),
)


async def run() -> list[Figure]:
    return await asyncio.to_thread(_run)


def _run() -> list[Figure]:
    with filled(scale(0.1)) as house:
        return [figure for row in compared(house) for figure in _figures(row)]


def _figures(row: Ratio) -> list[Figure]:
    return [
        Figure(
            name=f"{row.path}: {what}",
            unit=unit,
            runs=[getattr(load, field) for load in row.ours],
            reference=[getattr(load, field) for load in row.theirs],
            reference_name=REFERENCE,
            budget=budget,
        )
        for what, field, unit, budget in FIGURES
    ]
