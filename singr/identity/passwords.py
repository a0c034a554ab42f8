"""Passwords by argon2id, hashed off the event loop by as many threads as there are cores.

Parameters follow the OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from singr.core.errors import UpstreamUnavailable

Result = TypeVar("Result")

CORES = os.cpu_count() or 1
WAIT_S = 10
AHEAD_S = 2
LATEST_S = 120
NICE = 10
# Until it is measured.
EACH_S = 0.05
ALGORITHM = "argon2id"

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def _give_way() -> None:
    """On Linux a thread has a priority of its own: hashing comes after whatever else this process answers."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, min(os.getpriority(os.PRIO_PROCESS, 0) + NICE, 19))


_threads = ThreadPoolExecutor(CORES, thread_name_prefix="argon2", initializer=_give_way)


async def hashed(password: str) -> str:
    """The PHC string to store; raises UpstreamUnavailable when too many wait."""
    return await _in_turn(_hasher.hash, password)


async def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one. Unknown users cost the same: pass None."""
    return await _in_turn(_matches, stored, password)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _matches(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(1)
def _nobody() -> str:
    return _hasher.hash(os.urandom(16).hex())


class Turns:
    """Who is hashed for now, and when the others shall come back.

    Only as much waits as is done in `AHEAD_S`; whoever comes then is sent away at once, each to a moment of their own:
    a crowd that came back as one would keep everybody from ever getting in. How long a hash takes is measured.
    """

    def __init__(self) -> None:
        self.waiting = 0
        self._each_s = EACH_S
        self._booked_until = 0.0

    def check(self) -> None:
        """Raises UpstreamUnavailable when too many wait."""
        turn_s = self._each_s / CORES
        if self.waiting * turn_s <= AHEAD_S:
            return
        now = time.monotonic()
        self._booked_until = min(max(self._booked_until, now + AHEAD_S) + turn_s, now + LATEST_S)
        raise UpstreamUnavailable("too many people are signing in", retry_after_s=self._booked_until - now)

    def timed(self, work: Callable[..., Result], *args: object) -> Result:
        """`work`, in one of the threads."""
        started = time.monotonic()
        try:
            return work(*args)
        finally:
            self._each_s += (min(time.monotonic() - started, 1) - self._each_s) / 10


_turns = Turns()
check_room = _turns.check


async def _in_turn(work: Callable[..., Result], *args: object) -> Result:
    """In one of the threads; whoever has waited too long leaves the queue with a 503."""
    _turns.check()
    _turns.waiting += 1
    try:
        async with asyncio.timeout(WAIT_S):
            return await asyncio.get_running_loop().run_in_executor(_threads, _turns.timed, work, *args)
    except TimeoutError as exc:
        raise UpstreamUnavailable("too many people are signing in", retry_after_s=WAIT_S) from exc
    finally:
        _turns.waiting -= 1
