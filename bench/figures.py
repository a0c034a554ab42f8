"""Figures and their table: medians of several runs, each beside a reference that was measured in the same run."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from math import ceil, nan
from pathlib import Path
from statistics import median

from msgspec import Struct

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = "# Results\n\nWritten by `python -m bench`; ratios travel between machines, absolute figures do not.\n"
COLUMNS = ("figure", "median", "lowest", "highest", "runs", "reference", "ratio", "budget")


class Figure(Struct, frozen=True, kw_only=True):
    """`runs` and `reference` are in `unit`. `budget` says in words what the median must keep to."""

    name: str
    unit: str
    runs: list[float]
    reference: list[float] = []
    reference_name: str = ""
    budget: str = ""


def once(name: str, unit: str, found: float, budget: str = "", *, beside: float | None = None, of: str = "") -> Figure:
    """What was measured a single time, perhaps beside a reference that is called `of`."""
    reference = [] if beside is None else [beside]
    return Figure(name=name, unit=unit, runs=[found], reference=reference, reference_name=of, budget=budget)


def percentile(found: list[float], percent: float) -> float:
    """The smallest that so many percent do not exceed; not a number of nothing."""
    return sorted(found)[max(0, ceil(len(found) * percent / 100) - 1)] if found else nan


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *map(_row, figures)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def keep(bench: str, figures: list[Figure], command: str = "") -> None:
    """Put a bench's table into RESULTS.md, in place of its former one; `command` is what was run, if not the runner."""
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else HEAD
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    run = f"{_sizes(bench)}{command or f'python -m bench {bench}'}"
    told = f"`{run}`, {datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {machine}, {_load()}"
    section = f"## {bench}\n\n{told}\n\n{table(figures)}\n"
    others = [part for part in re.split(r"^(?=## )", text, flags=re.M)[1:] if not part.startswith(f"## {bench}\n")]
    ordered = sorted([*(part.strip() + "\n" for part in others), section])
    RESULTS.write_text("\n".join([HEAD, *ordered]), "utf-8")


def _commit() -> str:
    """The checkout's, with a plus where it was changed; unknown outside of one."""
    if (git := shutil.which("git")) is None:
        return "unknown"
    command = [git, "describe", "--always", "--exclude=*", "--dirty=+"]
    told = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True, check=False)  # noqa: S603
    return told.stdout.strip() or "unknown"


def _sizes(bench: str) -> str:
    """The settings it was given in the environment, as a shell is told; their names begin with the bench's."""
    own = bench.upper()
    given = sorted(name for name in os.environ if name in ("BENCH_SCALE", own) or name.startswith(f"{own}_"))
    return "".join(f"{name}={os.environ[name]} " for name in given)


def _load() -> str:
    """How much others want of the machine: well above its cores, absolute figures mean nothing."""
    return f"load {os.getloadavg()[0]:.0f}"


def _row(figure: Figure) -> tuple[str, ...]:
    at = median(figure.runs)
    other = median(figure.reference) if figure.reference else None
    return (
        figure.name,
        f"{_short(at)} {figure.unit}".strip(),
        _short(min(figure.runs)),
        _short(max(figure.runs)),
        str(len(figure.runs)),
        f"{_short(other)} ({figure.reference_name})" if other is not None else "",
        _short(at / other) if other else "",
        figure.budget,
    )


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"
