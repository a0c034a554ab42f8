"""Fan-out: the server's CPU for one delivery to one of 1,000 screens, beside a bare `send()` loop to as many sockets.

One guest's request is one delivery to each screen of the venue. What a request costs without any screen is taken off.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import ExitStack

import uvloop

from bench.figures import Figure
from bench.house import House, filled, serving
from bench.reference.load import cpu_s
from bench.scale import scale

SCREENS = 1_000
CHANGES = 60
ROUNDS = 5
BYTES = 300
VENUE = 11
WAIT_S = 60


async def run() -> list[Figure]:
    return await asyncio.to_thread(_run)


def _run() -> list[Figure]:
    with filled(scale(0.01)) as house, serving(house, extra={"RUN_WORKERS": "false"}):
        return [uvloop.run(_measured(house))]


async def _measured(house: House) -> Figure:
    alone = [await _cost_s(house, VENUE + 1) for _ in range(ROUNDS)]
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.screens", house.url, f"bench-{VENUE}", str(SCREENS), stdin=PIPE, stdout=PIPE
    )
    try:
        await _told(watching)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            delivered = -await _delivered(watching)
            cost_s = await _cost_s(house, VENUE)
            delivered += await _delivered(watching)
            ours.append((cost_s - sorted(alone)[ROUNDS // 2]) / max(1, delivered) * 1e6)
            theirs.append(await asyncio.to_thread(_send_loop_us))
    finally:
        watching.terminate()
        await watching.wait()
    name = f"a delivery to one of {SCREENS} screens"
    return Figure(name=name, unit="µs CPU", runs=ours, reference=theirs, reference_name="a send() loop")


async def _cost_s(house: House, venue: int) -> float:
    """CPU of the server for so many requests, one after the other, and for telling of them."""
    from aiohttp import ClientSession, ClientTimeout  # only this bench needs a client

    before_s = cpu_s(house.pid)
    async with ClientSession(house.url, timeout=ClientTimeout(total=WAIT_S)) as session:
        for number in range(CHANGES):
            song = {"singerName": "Ann", "artist": "The Bench", "title": f"Song {time.time_ns()} {number}"}
            headers = {"X-Forwarded-For": f"10.0.{venue}.{number}"}
            async with session.post(f"/v1/public/venues/bench-{venue}/requests", json=song, headers=headers) as answer:
                answer.raise_for_status()
            session.cookie_jar.clear()
            await asyncio.sleep(0.06)  # longer than changes of a venue are gathered: each is told on its own
    await asyncio.sleep(0.5)
    return cpu_s(house.pid) - before_s


async def _told(process: Process) -> int:
    assert process.stdout  # noqa: S101
    async with asyncio.timeout(WAIT_S):
        return int(await process.stdout.readline())


async def _delivered(process: Process) -> int:
    assert process.stdin  # noqa: S101
    process.stdin.write(b"\n")
    return await _told(process)


def _send_loop_us() -> float:
    """CPU of this thread for one `send()` of as many bytes to each socket; what arrives is read in between."""
    with ExitStack() as until:
        listener = until.enter_context(socket.create_server(("127.0.0.1", 0)))
        pairs = []
        for _ in range(SCREENS):
            one = until.enter_context(socket.create_connection(listener.getsockname(), timeout=WAIT_S))
            pairs.append((one, until.enter_context(listener.accept()[0])))
        frame, spent_s = os.urandom(BYTES), 0.0
        for _ in range(CHANGES):
            before_s = time.thread_time()
            for one, _other in pairs:
                one.send(frame)
            spent_s += time.thread_time() - before_s
            for _one, other in pairs:
                other.recv(BYTES)
    return spent_s / CHANGES / SCREENS * 1e6
