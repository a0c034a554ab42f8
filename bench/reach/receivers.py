"""The receivers: Go programs (`receiver/`) that hold the other ends of the watchers' connections."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from singr.up.packages import Missing
from tests import go

OWN = 1000
"""Descriptors that a receiver keeps for itself."""
SOURCE = Path(__file__).with_name("receiver")
BUILDS_AT_MOST_S = 300


def build(home: Path) -> Path:
    """The program, built in `home`; raises Missing."""
    compiler = shutil.which("go") or shutil.which("go", path=go.GO_AT)
    if compiler is None:
        raise Missing("The receivers are written in Go: put Go 1.22 or newer on the PATH")
    program = home / "receiver"
    command = [compiler, "build", "-o", str(program), "."]
    done = subprocess.run(  # noqa: S603
        command, cwd=SOURCE, capture_output=True, text=True, timeout=BUILDS_AT_MOST_S, check=False
    )
    if done.returncode:
        raise Missing(f"go build failed:\n{done.stderr[-1500:]}")
    return program


class Arrived(Struct, tag="arrived"):
    """One receiver's watchers have a version. `first` and `at` (the last) are Unix seconds; `after` counts watchers by
    the milliseconds that they came after the first."""

    venue: str
    version: int
    first: float
    at: float
    after: dict[int, int]


class Counted(Struct, tag="counted"):
    """`bytes` are those of the deltas; `gaps` ended since it was said last: when (Unix seconds), and how long they were
    (seconds)."""

    connected: int
    deltas: int
    bytes: int
    lost: int
    returned: int
    gaps: list[tuple[float, float]]


SAID = msgspec.json.Decoder(Arrived | Counted)


class Receivers:
    """What all of them have said so far. `reached` is, by venue and version, which receivers have it and since when;
    `gaps` are those of watchers who came back to a server that had let them go."""

    def __init__(self, processes: list[asyncio.subprocess.Process]) -> None:
        self.processes = processes
        self.reached: dict[tuple[str, int], list[Arrived]] = {}
        self.gaps: list[tuple[float, float]] = []
        self._counts: dict[int, Counted] = {}

    def count(self, what: str) -> int:
        """`connected`, `deltas`, `bytes`, `lost` or `returned`, of all."""
        return sum(getattr(counts, what) for counts in self._counts.values())

    def arrived_at(self, venue: str, version: int) -> float | None:
        """When everybody had that version (Unix seconds); None when somebody still lacks it."""
        arrived = self.reached.get((venue, version), [])
        return max(one.at for one in arrived) if len(arrived) == len(self.processes) else None

    def each_after_ms(self, venue: str, version: int, since: float) -> list[float]:
        """For each watcher, how long after `since` (Unix seconds) it had that version."""
        return [
            (one.first - since) * 1000 + late_ms
            for one in self.reached.get((venue, version), [])
            for late_ms, watchers in one.after.items()
            for _ in range(watchers)
        ]

    def tell(self, order: str) -> None:
        """`rest` or `read`: what the slow ones shall do."""
        for process in self.processes:
            assert process.stdin  # noqa: S101 - for the type checker
            process.stdin.write(order.encode() + b"\n")

    async def listen(self, number: int) -> None:
        while (lines := self.processes[number].stdout) and (line := await lines.readline()):
            said = SAID.decode(line)
            if isinstance(said, Arrived):
                self.reached.setdefault((said.venue, said.version), []).append(said)
            else:
                self._counts[number] = said
                self.gaps += said.gaps


@asynccontextmanager
async def opened(
    program: Path,
    port: int,
    *,
    watchers: int,
    venues: int,
    lifetime_s: float = 0,
    churning_s: float = 0,
    patient: bool = False,
    slow: int = 0,
) -> AsyncIterator[Receivers]:
    """Enough receivers for so many watchers; each has watchers of every venue. With a lifetime, watchers leave and come
    back while they churn. Patient ones come back whenever they lose their connection; `slow` of them read
    when told to."""
    most_each = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - OWN
    manners = (
        f"-lifetime={lifetime_s}s",
        f"-churning={churning_s}s",
        f"-patient={str(patient).lower()}",
    )
    programs = -(-watchers // most_each)
    shares = [watchers // programs + (n < watchers % programs) for n in range(programs)]
    pipe, processes = asyncio.subprocess.PIPE, []
    for number, share in enumerate(shares):
        given = (
            f"-server=127.0.0.1:{port}",
            f"-watchers={share}",
            f"-venues={venues}",
            f"-network={number + 1}",
            f"-slow={slow * share // watchers}",
            *manners,
        )
        processes.append(
            await asyncio.create_subprocess_exec(
                program, *given, stdin=pipe, stdout=pipe, limit=1 << 22, env=os.environ | {"GOMAXPROCS": "1"}
            )
        )
    receivers = Receivers(processes)
    listening = [asyncio.create_task(receivers.listen(number)) for number in range(programs)]
    try:
        yield receivers
    finally:
        for process in processes:
            process.kill()
            await process.wait()
        await asyncio.gather(*listening, return_exceptions=True)
