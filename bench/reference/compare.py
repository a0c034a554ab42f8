"""The product and the reference in turns: calls a second, and CPU a call."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import uvloop
from msgspec import Struct

from bench.house import START_TIMEOUT_S, House, answers, running, serving
from bench.reference.calls import calls
from bench.reference.load import Load, drive
from singr.up.packages import Missing
from singr.up.ports import free_port

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
INSTALL_TIMEOUT_S = 300
ROUNDS = 5
SECONDS = 1.5


class Ratio(Struct):
    """The rounds of a path."""

    path: str
    ours: list[Load]
    theirs: list[Load]


def compared(house: House, *, rounds: int = ROUNDS, seconds: float = SECONDS, only: str = "") -> list[Ratio]:
    """Every hot path; the two are asked in turns, so that both have the machine as it is."""
    with serving(house, extra={"RUN_WORKERS": "false"}), reference(house) as (url, pid):
        servers = {"ours": (house.url, house.pid), "theirs": (url, pid)}
        found = []
        for path, sent in calls(house.size).items():
            if only in path:
                runs: dict[str, list[Load]] = {name: [] for name in servers}
                for _ in range(rounds):
                    for name, (at, process) in servers.items():
                        run = drive(at, process, sent, seconds=seconds, database=house.database)
                        runs[name].append(uvloop.run(run))
                found.append(Ratio(path, runs["ours"], runs["theirs"]))
        return found


@contextmanager
def reference(house: House) -> Iterator[tuple[str, int]]:
    """The reference's address and process id while it runs; raises Missing without Node.js."""
    node = _modules()
    port = free_port()
    env = {"DATABASE_URL": house.env["DATABASE_URL"], "PORT": str(port), "NODE_ENV": "production"}
    with running([node, "server.js"], env, house.home / "reference.log", HERE) as child:
        url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: answers(f"{url}/readyz"), timeout_s=START_TIMEOUT_S)
        yield url, child.process.pid if child.process else 0


def _modules() -> str:
    """Node.js, with what the reference needs beside it; raises Missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Missing("Please install Node.js 20 or newer with npm: the reference runs on it")
    if not MODULES.is_dir():
        command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--omit=dev"]
        subprocess.run(command, cwd=HERE, check=True, timeout=INSTALL_TIMEOUT_S, stdout=subprocess.DEVNULL)  # noqa: S603
    return node


def _middle(runs: list[Load]) -> Load:
    """Each figure's median; failures are summed."""
    rest = {name: median(getattr(run, name) for run in runs) for name in ("per_s", "p95_ms", "cpu_us", "database_us")}
    return Load(calls=sum(run.calls for run in runs), failed=sum(run.failed for run in runs), **rest)


def lines(found: list[Ratio]) -> Iterator[str]:
    """A line a path, of medians; CPU of the server and of the database, calls a second of one process each."""
    yield f"{'path':<28} {'ratio':>6} {'CPU us':>8} {'theirs':>8} {'db us':>7} {'theirs':>7} {'per s':>7} {'theirs':>7}"
    for row in found:
        o, t = _middle(row.ours), _middle(row.theirs)
        failed = f"  failed {o.failed}/{t.failed}" if o.failed or t.failed else ""
        costs = f"{o.cpu_us:8.0f} {t.cpu_us:8.0f} {o.database_us:7.0f} {t.database_us:7.0f}"
        yield f"{row.path:<28} {o.cpu_us / t.cpu_us:6.2f} {costs} {o.per_s:7.0f} {t.per_s:7.0f}{failed}"
