"""`python -m bench.k6 [--scale 0.01] [--seconds 20] [--check] [scenario …]`: the product under load."""

from __future__ import annotations

import argparse
import sys

from bench.house import filled, serving
from bench.k6 import scenarios
from tests import go


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.k6")
    parser.add_argument("names", nargs="*", metavar="scenario", default=scenarios.NAMES)
    parser.add_argument("--scale", type=float, default=0.01, help="of the data set (default: a hundredth)")
    parser.add_argument("--seconds", type=int, default=20, help="for each scenario")
    parser.add_argument("--load", type=float, default=1.0, help="of the scenarios' own rates")
    parser.add_argument("--check", action="store_true", help="two seconds each, without budgets")
    given = parser.parse_args()
    go.program(go.K6)
    is_good = True
    with filled(given.scale) as house, serving(house):
        for name in given.names:
            outcome = scenarios.run(name, house, check=given.check, seconds=given.seconds, load=given.load)
            is_good &= outcome.ok
            print(f"{name}: {outcome.told}")
            for row in outcome.measured:
                figures = f"{row.count:>7} calls  p95 {row.p95:7.1f} ms  p99 {row.p99:7.1f} ms"
                over = ", ".join(budget for budget, held in row.budgets.items() if not held)
                print(f"  {row.name:<14} {figures}  {f'over {over}' if over else ''}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
