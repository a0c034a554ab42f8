"""A closed loop of keep-alive connections that sends ready bytes, and what it costs the server in CPU."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import quantiles
from typing import cast

from msgspec import Struct
from yarl import URL

CONNECTIONS = 32
END_TIMEOUT_S = 10
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.I)
_END = b"\r\n\r\n"


class Load(Struct):
    """What one run measured; CPU in microseconds a call, of the server's process and of the database's."""

    calls: int
    failed: int
    per_s: float
    p95_ms: float
    cpu_us: float
    database_us: float


async def drive(url: str, pid: int, calls: Sequence[bytes], *, seconds: float, database: int = 0) -> Load:
    """Ask for `seconds`; `pid` is the server's, `database` PostgreSQL's postmaster."""
    where, turn = URL(url), itertools.cycle(calls)
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: _Asking(turn), where.host or "", where.port or 0)
        for _ in range(CONNECTIONS)
    ]
    asking = [protocol for _, protocol in opened]
    await asyncio.sleep(seconds / 10)
    for one in asking:
        one.answered.clear()
    server_s, backends_s, started_s = cpu_s(pid), family_cpu_s(database), time.monotonic()
    await asyncio.sleep(seconds)
    took_s, server_s, backends_s = (
        time.monotonic() - started_s,
        cpu_s(pid) - server_s,
        family_cpu_s(database) - backends_s,
    )
    answered = [taken_s for one in asking for taken_s in one.answered]
    await asyncio.wait([one.end() for one in asking], timeout=END_TIMEOUT_S)
    for transport, _ in opened:
        transport.close()
    count = max(1, len(answered))
    p95_s = quantiles(answered, n=20)[-1] if len(answered) > 1 else 0.0
    failed = sum(one.failed for one in asking)
    return Load(
        len(answered), failed, len(answered) / took_s, p95_s * 1e3, server_s / count * 1e6, backends_s / count * 1e6
    )


class _Asking(asyncio.Protocol):
    """One connection: sends the next call when the last one is answered."""

    def __init__(self, turn: Iterator[bytes]) -> None:
        self._turn, self._heard, self._wanted, self._sent_s = turn, b"", 0, 0.0
        self.answered: list[float] = []
        self.failed = 0
        self._ended: asyncio.Future[None] | None = None

    def end(self) -> asyncio.Future[None]:
        """Done once the call under way is answered; no other follows."""
        self._ended = asyncio.get_running_loop().create_future()
        return self._ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = cast(asyncio.WriteTransport, transport).write
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._wanted and (end := self._heard.find(_END)) >= 0:
            length = _LENGTH.search(self._heard, 0, end + 2)
            self._wanted = end + len(_END) + (int(length[1]) if length else 0)
        if self._wanted and len(self._heard) >= self._wanted:
            self.answered.append(time.monotonic() - self._sent_s)
            if not self._heard.startswith(b"HTTP/1.1 2"):
                self.failed += 1
            if self._ended:
                self._ended.set_result(None)
            else:
                self._ask()

    def _ask(self) -> None:
        self._heard, self._wanted, self._sent_s = b"", 0, time.monotonic()
        self._write(next(self._turn))


def cpu_s(pid: int) -> float:
    """User and system time of a process and its threads (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def family_cpu_s(pid: int) -> float:
    """As `cpu_s`, of a process and its living and reaped children; 0 without a process."""
    if not pid:
        return 0.0
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid or stat.parent.name == str(pid):
            own = fields[11:15] if stat.parent.name == str(pid) else fields[11:13]
            total += sum(map(int, own)) / TICKS_PER_S
    return total
