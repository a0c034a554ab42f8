"""Passwords by argon2id, hashed off the event loop by as many threads as there are cores.

Parameters follow the OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from singr.core.errors import UpstreamUnavailable

Result = TypeVar("Result")

CORES = os.cpu_count() or 1
WAIT_S = 5
ALGORITHM = "argon2id"

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_threads = ThreadPoolExecutor(CORES, thread_name_prefix="argon2")


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


async def _in_turn(work: Callable[..., Result], *args: object) -> Result:
    """In one of the threads; whoever has waited too long leaves the queue with a 503."""
    try:
        async with asyncio.timeout(WAIT_S):
            return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)
    except TimeoutError as exc:
        raise UpstreamUnavailable("too many people are signing in", retry_after_s=WAIT_S) from exc
