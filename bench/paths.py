"""Hot paths: the server's CPU a call, beside Fastify and node-postgres on the same database, asked in turns.

A ratio under 1 says that we are cheaper. The reference knows no limits, logs, metrics, house rules or privacy.
"""

from __future__ import annotations

import asyncio

from bench.figures import Figure
from bench.house import filled
from bench.reference.compare import Ratio, compared
from bench.scale import scale

REFERENCE = "Fastify + pg"
BUDGET = "≤ 1 × the reference"


async def run() -> list[Figure]:
    return await asyncio.to_thread(_run)


def _run() -> list[Figure]:
    with filled(scale(0.1)) as house:
        return [figure for row in compared(house) for figure in _figures(row)]


def _figures(row: Ratio) -> list[Figure]:
    costs = {"the server": "cpu_us", "the database": "database_us"}
    return [
        Figure(
            name=f"{row.path}: {where}",
            unit="µs CPU a call",
            runs=[getattr(load, field) for load in row.ours],
            reference=[getattr(load, field) for load in row.theirs],
            reference_name=REFERENCE,
            budget=BUDGET if where == "the server" else "",
        )
        for where, field in costs.items()
    ]
