"""Fan-out: deliveries that a second of the server's CPU makes, beside a plain loop of `send()` in C to as many sockets.

A guest's request is one delivery to each watcher of the venue. What requests cost at a venue that nobody watches, with
everybody connected all the same, is taken off. Server and loop keep the same pace and have one core, whoever receives
the others. `FANOUT_ROUNDS` (5) says how often.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

import aiohttp

from bench.figures import Figure
from bench.reach import place, receivers
from bench.reach.place import Place
from bench.reach.receivers import Receivers
from singr.up.packages import Missing

BUDGETS = {1_000: 0.75, 5_000: 0.70}
"""By the number of watchers: the share of the loop's rate."""
ROUNDS = int(os.environ.get("FANOUT_ROUNDS", "5"))
CHANGES, EACH_S = 30, 0.15
WATCHED, UNWATCHED = "venue-1", "venue-2"
WORDS = "and all of its choruses"
"""With them a delivery has about 300 bytes."""
CONNECTS_S, COUNTS_S, COUNTED_S, BUILDS_S, SENDS_S = 120, 2.5, 10, 60, 120
FRAME_HEAD = 4
SOURCE = Path(__file__).parent / "reference" / "sending.c"


async def run() -> list[Figure]:
    return await place.alone(1, _apart)


async def _apart(here: Place) -> list[Figure]:
    """One core for who sends, the others for everybody else."""
    core, *others = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, others or [core])
    for server in here.servers:
        os.sched_setaffinity(server.process.pid if server.process else 0, [core])
    return await measured(here, core)


async def measured(here: Place, core: int) -> list[Figure]:
    loop = await _built(here.program.with_name("sending"))
    return [figure for watchers in BUDGETS for figure in await _figures(here, loop, core, watchers)]


async def _figures(here: Place, loop: Path, core: int, watchers: int) -> list[Figure]:
    ours_ns, theirs_ns, size = [], [], 0.0
    async with receivers.opened(here.program, here.port, watchers=watchers, venues=1) as crowd:
        await place.complete(crowd, watchers, CONNECTS_S)
        for _ in range(ROUNDS):
            ns, size = await _delivery(here, crowd, watchers)
            ours_ns.append(ns)
            theirs_ns.append(await _send(loop, watchers, round(size) + FRAME_HEAD, core))
    name, of = f"to {watchers:,} watchers, {size + FRAME_HEAD:.0f} bytes", "send() in C, at that pace"
    return [
        Figure(
            name=f"deliveries a second and core {name}",
            unit="/s",
            runs=[1e9 / ns for ns in ours_ns],
            reference=[1e9 / ns for ns in theirs_ns],
            reference_name=of,
            budget=f"≥ {BUDGETS[watchers]} × the reference",
        ),
        Figure(
            name=f"a delivery {name}",
            unit="µs CPU",
            runs=[ns / 1000 for ns in ours_ns],
            reference=[ns / 1000 for ns in theirs_ns],
            reference_name=of,
        ),
    ]


async def _delivery(here: Place, crowd: Receivers, watchers: int) -> tuple[float, float]:
    """The CPU (nanoseconds) that one takes, and its bytes."""
    alone_ns = await _cost_ns(here, UNWATCHED)
    deltas, heard = crowd.count("deltas"), crowd.count("bytes")
    watched_ns = await _cost_ns(here, WATCHED)
    await place.until(lambda: crowd.count("deltas") - deltas >= CHANGES * watchers, COUNTED_S)
    deltas, heard = crowd.count("deltas") - deltas, crowd.count("bytes") - heard
    return (watched_ns - alone_ns) / max(deltas, 1), heard / max(deltas, 1)


async def _cost_ns(here: Place, venue: str) -> float:
    """CPU of the server for so many requests, at a steady pace: each is told on its own."""
    before_ns, due = _cpu_ns(here), time.monotonic()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        for _ in range(CHANGES):
            await here.ask(session, venue=venue, words=WORDS)
            due += EACH_S
            await asyncio.sleep(due - time.monotonic())
    await asyncio.sleep(COUNTS_S)  # the receivers count once a second
    return _cpu_ns(here) - before_ns


def _cpu_ns(here: Place) -> float:
    """Of all threads (proc_pid_schedstat: the first number)."""
    pids = [server.process.pid for server in here.servers if server.process]
    counts = [path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(path.read_text().split()[0]) for path in counts)


async def _built(program: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise Missing("The reference is written in C: put a compiler (cc) on the PATH")
    await _told(BUILDS_S, compiler, "-O2", "-o", program, SOURCE)
    return program


async def _send(loop: Path, sockets: int, size: int, core: int) -> float:
    """The CPU (nanoseconds) of one, at the same pace."""
    given = (sockets, size, CHANGES, round(EACH_S * 1000), core)
    return float(await _told(SENDS_S, loop, *map(str, given)))


async def _told(within_s: float, *command: str | Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(within_s):
            said, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {complaint.decode()[-1500:]}")
    return said.decode()
