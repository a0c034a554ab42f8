"""What processes hold, and what of it is too much once everybody has left."""

from __future__ import annotations

import re

import aiohttp

from tests.faults.city import City
from tests.faults.journal import Leftover

HELD = {
    "connections": re.compile(r"^singr_live_connections\{.*\} (\S+)", re.MULTILINE),
    "rooms": re.compile(r"^singr_live_rooms (\S+)", re.MULTILINE),
    "descriptors": re.compile(r"^process_open_fds (\S+)", re.MULTILINE),
    "tasks": re.compile(r"^singr_tasks (\S+)", re.MULTILINE),
    "bytes": re.compile(r"^process_resident_memory_bytes (\S+)", re.MULTILINE),
}
SPARE = {"connections": 0, "rooms": 0, "descriptors": 40, "tasks": 12, "bytes": 15e6}
BYTES_A_WATCHER, BYTES_A_VENUE = 12.5e3, 200e3
"""What a process may hold more than after the first crowd: pools that have grown, and memory that Python does not give
back, by the size of the crowd and by the rooms. A room keeps its last 64 steps (3 KB each, measured), which the first
crowd was too short a time there to fill; what else an allocator keeps once, that one has left already."""

Held = dict[str, dict[str, float]]


async def held(session: aiohttp.ClientSession, city: City) -> Held:
    """By process."""
    found = {}
    for api in city.apis:
        async with session.get(f"{api.base}/metrics") as answer:
            text = await answer.text()
        found[api.name] = {what: sum(map(float, pattern.findall(text))) for what, pattern in HELD.items()}
    return found


def beside(before: Held, now: Held, watchers: int, venues: int) -> list[Leftover]:
    """What each process holds now, and at most may after so many watchers of so many venues."""
    spare = SPARE | {"bytes": SPARE["bytes"] + BYTES_A_WATCHER * watchers + BYTES_A_VENUE * venues}
    return [
        Leftover(name, what, found, before[name][what] + spare[what])
        for name, of_process in now.items()
        for what, found in of_process.items()
    ]
