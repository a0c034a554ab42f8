"""A log line for each call, written in bundles: what costs is a record, a lock and a write for each, not the text.

Lines wait for a quarter of a second at most; a call that failed by our fault takes along at once what waits before it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from singr.telemetry.logs import Lines, redact

WAIT_S = 0.25
TOGETHER_MAX = 500

log = logging.getLogger("singr.calls")
_redacted = lru_cache(4096)(redact)


class CallLog:
    """What one process has yet to write."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None

    def tell(self, request_id: str, method: str, path: str, route: str, status: int, took_s: float) -> None:
        if not log.isEnabledFor(logging.INFO):
            return
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": "info",
            "logger": log.name,
            "message": "call",
            "requestId": request_id,
            "method": method,
            "path": path if path == route else _redacted(path),
            "status": status,
            "route": route,
            "ms": round(took_s * 1000, 2),
        }
        self._waiting.append(orjson.dumps(line))
        if status >= 500 or len(self._waiting) >= TOGETHER_MAX:
            self.write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WAIT_S, self.write)

    def write(self) -> None:
        """Write what waits."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            lines, self._waiting = self._waiting, []
            log.info(Lines(b"\n".join(lines).decode()))
