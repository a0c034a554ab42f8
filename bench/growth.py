"""Growth: hot statements with 10 and 100 times the data, and calls a second with a second process beside the first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import uvloop
from yarl import URL

from bench import statements
from bench.figures import Figure, once
from bench.house import House, filled, serving
from bench.reference.calls import calls
from bench.reference.load import drive

# Of the data set: 1,000, 10,000 and 100,000 venues, and books of 500, 5,000 and 50,000 songs.
SCALES = {"×1": 0.01, "×10": 0.1, "×100": 1.0}
PATHS = ("getSerial", "venue list, 20 rows", "song search", "guest request")
ROUNDS, SECONDS = 5, 1.5

Times = dict[str, list[float]]


async def run() -> list[Figure]:
    return await asyncio.to_thread(lambda: list(_measured()))


def _measured() -> Iterator[Figure]:
    at_first: Times = {}
    for times, scale in SCALES.items():
        with filled(scale) as house:
            took = {name: [us for us, _ in rounds] for name, rounds in uvloop.run(statements.timed(house)).items()}
            at_first = at_first or took
            if took is not at_first:
                yield from (_grown(name, times, us, at_first[name]) for name, us in took.items())
            if times == "×10":
                yield from _with_two(house)
            if times == "×100":
                reading = uvloop.run(statements.reading_tables(house))
                name = f"of {len(took)} statements read a whole table, {times} the data: {', '.join(reading) or 'none'}"
                yield once(name, "", len(reading), "0")


def _grown(name: str, times: str, took_us: list[float], at_first_us: list[float]) -> Figure:
    return Figure(name=f"{name}, {times} the data", unit="µs", runs=took_us, reference=at_first_us, reference_name="×1")


def _with_two(house: House) -> Iterator[Figure]:
    """Calls a second: the load and the database are on the same two cores."""
    with serving(house, extra={"RUN_WORKERS": "false"}):
        one = _rates(house)
        with serving(house, port=URL(house.url).port or 0, extra={"RUN_WORKERS": "false"}):
            two = _rates(house)
    for path in PATHS:
        yield Figure(
            name=f"{path}: two processes",
            unit="calls/s",
            runs=two[path],
            reference=one[path],
            reference_name="one process",
        )


def _rates(house: House) -> Times:
    asked = calls(house.size)
    found: Times = {path: [] for path in PATHS}
    for _ in range(ROUNDS):
        for path in PATHS:
            load = uvloop.run(drive(house.url, house.pid, asked[path], seconds=SECONDS))
            found[path].append(load.per_s)
    return found
