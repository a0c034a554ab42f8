"""What a machine had left while it was filled: where it stops, this says what stopped it."""

from __future__ import annotations

import resource
from pathlib import Path

from bench.figures import Figure, once
from bench.reach.place import Place

CPU, MEMORY = Path("/proc/stat"), Path("/proc/meminfo")
IDLE = slice(4, 6)


class Strain:
    """Begins now; the figures are of the time since."""

    def __init__(self, here: Place) -> None:
        self._here = here
        self._began, self._servers_s = _ticks(), here.cpu_s

    def figures(self) -> list[Figure]:
        idle, all_of_it = (now - then for now, then in zip(_ticks(), self._began, strict=True))
        most = max(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in self._here.pids)
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        return [
            once("meanwhile of the machine's CPU idle", "%", 100 * idle / all_of_it),
            once("the servers' CPU meanwhile", "s", self._here.cpu_s - self._servers_s),
            once("memory that the machine has left", "MiB", _left_kib() / 1024),
            once("descriptors of the fullest server", "", most, f"the system lets it have {limit:,}"),
        ]


def _ticks() -> tuple[int, int]:
    """Of all cores: idle or waiting for a disk, and in all (proc_stat(5))."""
    fields = CPU.read_text().split("\n", 1)[0].split()
    return sum(map(int, fields[IDLE])), sum(map(int, fields[1:9]))


def _left_kib() -> int:
    """What could be had without swapping (proc_meminfo(5))."""
    return next(int(line.split()[1]) for line in MEMORY.read_text().splitlines() if line.startswith("MemAvailable:"))
