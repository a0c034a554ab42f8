"""`python -m bench.data --scale 0.01 [--url postgresql://…]`: fill a database, or time the filling of a private one."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from bench.data.filling import Size, fill
from singr import schema
from tests import services


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.data")
    parser.add_argument("--scale", type=float, default=0.01, help="1 is the whole set (default: a hundredth)")
    parser.add_argument("--url", help="an empty database's, as its owner; a private one without")
    given = parser.parse_args()
    with contextlib.ExitStack() as until:
        url = given.url or until.enter_context(services.private_postgres()).url
        schema.upgrade(url)
        took_s = asyncio.run(fill(url, Size.of(given.scale)))
    for table, seconds in took_s.items():
        print(f"{table:<20} {seconds:8.1f} s")
    print(f"{'all':<20} {sum(took_s.values()):8.1f} s")


if __name__ == "__main__":
    main()
