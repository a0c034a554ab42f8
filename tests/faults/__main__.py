"""`make faults`: the whole matrix with a full city, and one table. `python -m tests.faults NAME…` runs some of it.

A few faults come again in a city on a Redis Cluster, and in one whose database is behind PgBouncer.

`FAULTS_VENUES`, `FAULTS_WATCHERS` and `FAULTS_WRITES` (a second) choose another size. The whole table is kept in
bench/RESULTS.md. A row is red when a promise was broken; "too busy to say" when it was broken by no more than this
program itself, which notes what watchers show, was late.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import uvloop

from bench.figures import Figure, keep
from singr.up.packages import Missing
from tests import databases, services
from tests.faults import city, night, toxiproxy
from tests.faults.checker import Verdict
from tests.faults.matrix import ALL_ALONG, CITIES, FAULTS, Fault
from tests.faults.surroundings import Around, Surroundings
from tests.house import seed

HEALING_MAX_S = 10.0
PATIENCE_S = 150
HEAD = ("fault", "worst staleness", "converged", "we were late", "reconnects", "lost", "doubled", "", "shown by")


async def run(faults: list[Fault], home: Path, around: Around, database_url: str) -> dict[str, Verdict]:
    """One city, one fault after the other; what the checker thinks of each, and of what is left at the end."""
    async with AsyncExitStack() as stack:
        wires = await stack.enter_async_context(toxiproxy.opened()) if set(faults) & set(FAULTS) else None
        town = await stack.enter_async_context(city.opened(home, around, wires=wires))
        full = await stack.enter_async_context(
            night.opened(
                town,
                database_url,
                around,
                venues=int(os.environ.get("FAULTS_VENUES", "200")),
                watchers=int(os.environ.get("FAULTS_WATCHERS", "2000")),
                per_s=float(os.environ.get("FAULTS_WRITES", "50")),
                patience_s=PATIENCE_S,
                rehearsed=True,
            )
        )
        await full.converge()
        full.crowd.lull()
        verdicts = {}
        for fault in faults:
            name = f"clients sleep {full.crowd.asleep_min:.0f} min" if fault is ALL_ALONG else fault.name
            verdicts[name] = await full.suffer(
                fault, staleness_max_s=fault.staleness_max_s, healing_max_s=HEALING_MAX_S
            )
            tell(name, verdicts[name])
        place, colon, _ = faults[0].name.rpartition(": ")
        leaving = f"{place}{colon}everybody leaves"
        verdicts[leaving] = await full.afterwards()
        tell(leaving, verdicts[leaving])
        return verdicts


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
    chosen, verdicts = sys.argv[1:], dict[str, Verdict]()
    if unknown := set(chosen) - {fault.name for faults in CITIES.values() for fault in faults}:
        sys.stderr.write(f"no fault {unknown.pop()}\n")
        return 1
    say(*HEAD)
    try:
        for surroundings, faults in CITIES.items():
            if here := [fault for fault in faults if not chosen or fault.name in chosen]:
                verdicts |= in_city(surroundings, here)
    except Missing as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    if not chosen:
        keep("faults", [figure(name, verdict) for name, verdict in verdicts.items()], command="make faults")
    return 1 if any(verdict.red for verdict in verdicts.values()) else 0


def in_city(surroundings: Surroundings, faults: list[Fault]) -> dict[str, Verdict]:
    with ExitStack() as until:
        postgres = until.enter_context(services.private_postgres())
        home = until.enter_context(services.temporary_home())
        template = databases.make_template(postgres.url, "demo", fill=seed)
        url = until.enter_context(databases.copied(postgres.url, template))
        around = until.enter_context(surroundings(url, postgres))
        return uvloop.run(run(faults, home, around, url))


if __name__ == "__main__":
    sys.exit(main())
