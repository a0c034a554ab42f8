"""How much of the data set a bench takes: its own share, unless BENCH_SCALE says another (0.01 while developing)."""

from __future__ import annotations

import os


def scale(usual: float) -> float:
    return float(os.environ.get("BENCH_SCALE") or usual)
