"""`python -m bench.reference [--scale 0.01] [--rounds 5] [--only getSerial]`: the product against the reference."""

from __future__ import annotations

import argparse

from bench.house import filled
from bench.reference import compare


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.reference")
    parser.add_argument("--scale", type=float, default=0.01, help="of the data set (default: a hundredth)")
    parser.add_argument("--rounds", type=int, default=compare.ROUNDS)
    parser.add_argument("--only", default="", help="paths with this in their name")
    given = parser.parse_args()
    with filled(given.scale) as house:
        for line in compare.lines(compare.compared(house, rounds=given.rounds, only=given.only)):
            print(line)


if __name__ == "__main__":
    main()
