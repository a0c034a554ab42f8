"""`make faults`: the whole matrix with a full city, and one table. `python -m tests.faults NAME…` runs some of it.

`FAULTS_VENUES`, `FAULTS_WATCHERS` and `FAULTS_WRITES` (a second) choose another size.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from singr.up.packages import Missing
from tests import databases, services
from tests.faults import city, night, toxiproxy
from tests.faults.checker import Verdict
from tests.faults.matrix import BY_NAME, FAULTS, Fault
from tests.house import seed

STALENESS_MAX_S = 10.0
HEAD = ("fault", "worst staleness", "reconnects", "lost", "doubled", "", "shown by")


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
            )
        )
        say(*HEAD)
        verdicts = []
        for fault in faults:
            verdicts.append(await full.suffer(fault, staleness_max_s=STALENESS_MAX_S))
            tell(fault.name, verdicts[-1])
        await full.leave()
        verdicts.append(await full.afterwards())
        tell("everybody leaves", verdicts[-1])
        return sum(verdict.red for verdict in verdicts)


def tell(name: str, verdict: Verdict) -> None:
    seen = (f"{verdict.staleness_s:.2f} s", verdict.reconnects, verdict.lost, verdict.doubled)
    say(name, *seen, "RED" if verdict.red else "", verdict.oldest if verdict.staleness_s > 2 else "")
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
