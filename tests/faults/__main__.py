"""`make faults`: the whole matrix with a full city, and one table. `python -m tests.faults NAME…` runs some of it.

`FAULTS_VENUES`, `FAULTS_WATCHERS` and `FAULTS_WRITES` (a second) choose another size. The whole table is kept in
bench/RESULTS.md. A row is red when a promise was broken; "too busy to say" when it was broken by no more than this
program itself, which notes what watchers show, was late.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from bench.figures import Figure, keep
from singr.up.packages import Missing
from tests import databases, services
from tests.faults import city, night, toxiproxy
from tests.faults.checker import Verdict
from tests.faults.matrix import BY_NAME, FAULTS, Fault
from tests.house import seed

HEALING_MAX_S = 10.0
LEAVING = "everybody leaves"
PATIENCE_S = 150
HEAD = ("fault", "worst staleness", "converged", "we were late", "reconnects", "lost", "doubled", "", "shown by")


async def run(faults: list[Fault], home: Path, postgres: services.Server, database_url: str) -> int:
    """The number of red faults."""
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(services.private_redis())
        wires = await stack.enter_async_context(toxiproxy.opened())
        town = await stack.enter_async_context(city.opened(home, database_url, redis.url, wires=wires))
        full = await stack.enter_async_context(
            night.opened(
                town,
                database_url,
                redis,
                postgres,
                venues=int(os.environ.get("FAULTS_VENUES", "200")),
                watchers=int(os.environ.get("FAULTS_WATCHERS", "2000")),
                per_s=float(os.environ.get("FAULTS_WRITES", "50")),
                patience_s=PATIENCE_S,
                rehearsed=True,
            )
        )
        say(*HEAD)
        verdicts = {}
        for fault in faults:
            verdicts[fault.name] = await full.suffer(
                fault, staleness_max_s=fault.staleness_max_s, healing_max_s=HEALING_MAX_S
            )
            tell(fault.name, verdicts[fault.name])
        verdicts[LEAVING] = await full.afterwards()
        tell(LEAVING, verdicts[LEAVING])
        if len(faults) == len(FAULTS):
            keep("faults", [figure(name, verdict) for name, verdict in verdicts.items()], command="make faults")
        return sum(verdict.red for verdict in verdicts.values())


def figure(name: str, verdict: Verdict) -> Figure:
    """The worst staleness, beside how late the harness itself was."""
    counted = f"{verdict.reconnects:,} reconnects, {verdict.lost} lost, {verdict.doubled} doubled"
    counted = f"converged {verdict.healing_s:.1f} s after, {counted}"
    return Figure(
        name=name,
        unit="s",
        runs=[verdict.staleness_s],
        reference=[verdict.late_s],
        reference_name="we were late",
        budget=f"{word(verdict) or 'held'}: {counted}",
    )


def word(verdict: Verdict) -> str:
    return "RED" if verdict.red else "too busy to say" if verdict.unsure else ""


def tell(name: str, verdict: Verdict) -> None:
    late = [f"{took_s:.2f} s" for took_s in (verdict.staleness_s, verdict.healing_s, verdict.late_s)]
    seen = (*late, verdict.reconnects, verdict.lost, verdict.doubled)
    say(name, *seen, word(verdict), verdict.oldest if verdict.staleness_s > 2 else "")
    if verdict.red:
        print("  " + str(verdict).replace("\n", "\n  "))  # noqa: T201


def say(name: object, *columns: object) -> None:
    print(f"{name!s:<28}" + "".join(f"{column!s:>16}" for column in columns), flush=True)  # noqa: T201


def main() -> int:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    chosen = [BY_NAME[name] for name in sys.argv[1:]] or list(FAULTS)
    try:
        with services.private_postgres() as postgres, services.temporary_home() as home:
            template = databases.make_template(postgres.url, "demo", fill=seed)
            with databases.copied(postgres.url, template) as url:
                return 1 if uvloop.run(run(chosen, home, postgres, url)) else 0
    except Missing as exc:
        sys.stderr.write(f"{exc}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
