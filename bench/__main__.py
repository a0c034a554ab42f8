"""`python -m bench [name …]`: run benches (the quick ones unless named), print one table each, keep it in RESULTS.md.

A bench is a module or package here with `async def run() -> list[Figure]`; with `BY_NAME_ALONE` it takes its time.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import sys
from types import ModuleType

import uvloop

import bench
from bench import figures
from singr.up.packages import Missing


def main() -> int:
    benches, is_whole = found(), True
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(benches))
    parser.add_argument("--list", action="store_true", help="only say which there are")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - benches.keys()):
        parser.error(f"no bench {unknown[0]}")
    usual = [name for name, module in benches.items() if given.list or not hasattr(module, "BY_NAME_ALONE")]
    for name in given.names or usual:
        about = (inspect.getdoc(benches[name]) or "").split("\n")[0]
        print(f"{name}: {about}", flush=True)
        if not given.list:
            is_whole &= _measured(name, benches[name])
    return 0 if is_whole else 1


def _measured(name: str, module: ModuleType) -> bool:
    """Whether this machine has what the bench needs."""
    try:
        measured = uvloop.run(module.run())
    except Missing as exc:
        print(f"not measured. {exc}\n", flush=True)
        return False
    figures.keep(name, measured)
    print(figures.table(measured) + "\n", flush=True)
    return True


def found() -> dict[str, ModuleType]:
    """The benches by name."""
    modules = [importlib.import_module(f"bench.{info.name}") for info in pkgutil.iter_modules(bench.__path__)
               if info.name != "__main__"]  # fmt: skip
    return {module.__name__.removeprefix("bench."): module for module in modules if hasattr(module, "run")}


if __name__ == "__main__":
    sys.exit(main())
