"""`python -m bench.probe URL`: asks for /healthz until it is ended, then prints how long each call took (ms).

In a process of its own, so that a busy bench does not measure itself.
"""

from __future__ import annotations

import http.client
import json
import signal
import sys
import time
from types import FrameType

EVERY_S = 0.02


def main(host: str) -> None:
    took_ms: list[float] = []

    def end(_number: int, _frame: FrameType | None) -> None:
        print(json.dumps(took_ms), flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    link = http.client.HTTPConnection(host, timeout=30)
    while True:
        started = time.perf_counter()
        link.request("GET", "/healthz", headers={"X-Forwarded-For": f"198.18.0.{len(took_ms) % 250}"})
        link.getresponse().read()
        took_ms.append((time.perf_counter() - started) * 1000)
        time.sleep(EVERY_S)


if __name__ == "__main__":
    main(sys.argv[1].removeprefix("http://"))
