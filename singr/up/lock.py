"""Whose directory it is: a lock that ends with its process, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NIGHTS_AT_MOST = 50
LOOK_EVERY_S = 0.1


class Taken(Exception):
    """Another process of ours holds it."""


@contextmanager
def held(path: Path, *, wait_s: float = 0) -> Iterator[None]:
    """Hold the lock file `path`, made if need be; raises Taken when another process holds it after `wait_s`."""
    deadline = time.monotonic() + wait_s
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _taken(handle):
            if time.monotonic() >= deadline:
                raise Taken(f"{path.parent} is in use by another singr")
            time.sleep(LOOK_EVERY_S)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    """Whether it is ours now."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def own_directory(root: Path) -> Iterator[Path]:
    """The first of `root`, `root/2`, `root/3` … that nobody uses, ours until the end; raises Taken."""
    for number in range(1, NIGHTS_AT_MOST + 1):
        home = root if number == 1 else root / str(number)
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        lock = held(home / "lock")
        try:
            lock.__enter__()
        except Taken:
            continue
        try:
            yield home
        finally:
            lock.__exit__(None, None, None)
        return
    raise Taken(f"{NIGHTS_AT_MOST} nights run in {root} already")
