"""Runs a scenario against a house and reads what k6 measured."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.house import House
from tests import go

HERE = Path(__file__).parent
SHARED = "lib"
NAMES = tuple(sorted(path.stem for path in HERE.glob("*.js") if path.stem != SHARED))
RUN_TIMEOUT_S = 300


class Measured(Struct):
    """One figure of a scenario in milliseconds, with its budgets; `count` is how many calls."""

    scenario: str
    name: str
    count: int
    median: float
    p95: float
    p99: float
    budgets: dict[str, bool]


class Outcome(Struct):
    """What k6 said; `ok` when every budget and check held."""

    ok: bool
    told: str
    measured: list[Measured]


def run(name: str, house: House, *, check: bool = False, seconds: int = 20, load: float = 1.0) -> Outcome:
    """One scenario; `check` is two seconds of it without budgets."""
    summary = house.home / f"{name}.json"
    given = {
        "BASE_URL": house.url,
        "SUMMARY": str(summary),
        "SECONDS": str(seconds),
        "LOAD": str(load),
        "TENANTS": str(house.size.tenants),
        "BUSY": str(house.size.busy),
        "KEYS": str(house.size.api_keys),
    } | ({"CHECK": "1"} if check else {})
    command = [
        go.program(go.K6),
        "run",
        "--quiet",
        "--no-usage-report",
        "--no-color",
        "--address",
        "",
        HERE / f"{name}.js",
    ]
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(house.home), "GOMAXPROCS": "2", **given},
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=False,
    )
    measured = _read(name, json.loads(summary.read_text())) if summary.exists() else []
    return Outcome(done.returncode == 0, (done.stdout + done.stderr).strip(), measured)


def _read(scenario: str, summary: dict[str, Any]) -> list[Measured]:
    """The metrics that have budgets, by the calls' names."""
    rows = []
    for metric, told in sorted(summary["metrics"].items()):
        values = told["values"]
        if "p(95)" in values and told.get("thresholds"):
            name = metric.partition("{name:")[2].rstrip("}") or metric
            budgets = {budget: bool(state["ok"]) for budget, state in told["thresholds"].items()}
            figures = (values["count"], values["med"], values["p(95)"], values["p(99)"])
            rows.append(Measured(scenario, name, *figures, budgets))
    return rows
