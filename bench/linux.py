"""What Linux knows of a process and of a port's connections."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

TABLE = Path("/proc/net/tcp")
LISTENING = "0A"


def memory(pid: int) -> int:
    """Bytes that a process holds (proc_pid_statm(5))."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def files(pid: int) -> set[str]:
    """What a process has open; nothing of one that is gone."""
    found = set()
    with suppress(FileNotFoundError):
        for number in os.listdir(f"/proc/{pid}/fd"):
            with suppress(FileNotFoundError):
                found.add(f"{number} {os.readlink(f'/proc/{pid}/fd/{number}')}")
    return found


def listens(pid: int, port: int) -> bool:
    """At this port of 127.0.0.1, where others may listen as well (proc_net_tcp(5))."""
    with TABLE.open() as table:
        next(table)
        rows = takewhile(lambda row: row[3] == LISTENING, map(str.split, table))  # they come first
        sockets = {f"socket:[{row[9]}]" for row in rows if row[1] == _address(port)}
    return any(file.split(" ")[1] in sockets for file in files(pid))


def unsent(port: int) -> int:
    """Bytes on their way from there, or waiting for those who have not read what came before (tx_queue)."""
    rows = map(str.split, TABLE.read_text().splitlines())
    return sum(int(row[4].partition(":")[0], 16) for row in rows if row[1] == _address(port))


def _address(port: int) -> str:
    return f"0100007F:{port:04X}"
