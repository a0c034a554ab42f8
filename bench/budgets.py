"""k6 on the product with the whole data set: 95th and 99th percentiles of open workloads, against budgets.

The budgets stand in the scenarios (`bench/k6/*.js`) and are for a quiet machine with two cores.
"""

from __future__ import annotations

import asyncio
import re

from bench.figures import Figure
from bench.house import filled, serving
from bench.k6 import scenarios
from bench.k6.scenarios import Measured
from bench.scale import scale
from tests import go

_LIMIT = re.compile(r"(p\(\d+\))<(\d+)")


async def run() -> list[Figure]:
    return await asyncio.to_thread(_run)


def _run() -> list[Figure]:
    go.program(go.K6)
    with filled(scale(1)) as house, serving(house):
        outcomes = [scenarios.run(name, house) for name in scenarios.NAMES]
    return [figure for outcome in outcomes for row in outcome.measured for figure in _figures(row)]


def _figures(row: Measured) -> list[Figure]:
    """One of a percentile: its ratio is to the budget."""
    found = []
    for budget, held in row.budgets.items():
        if limit := _LIMIT.fullmatch(budget):
            at = row.p95 if limit[1] == "p(95)" else row.p99
            found.append(
                Figure(
                    name=f"{row.scenario}: {row.name} {limit[1]} of {row.count} calls",
                    unit="ms",
                    runs=[at],
                    reference=[float(limit[2])],
                    reference_name="the budget",
                    budget="held" if held else "NOT held",
                )
            )
    return found
