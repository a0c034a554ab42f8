"""A directory has one owner; the next one gets a directory of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from singr.up import lock

HOLD = """
import sys
from pathlib import Path
from singr.up import lock
with lock.held(Path(sys.argv[1])):
    print(flush=True)
    input()
"""


def test_nights_in_one_directory_get_numbers(tmp_path: Path) -> None:
    with ExitStack() as until:
        homes = [until.enter_context(lock.own_directory(tmp_path)) for _ in range(3)]
        assert homes == [tmp_path, tmp_path / "2", tmp_path / "3"]


def test_a_number_left_is_given_again(tmp_path: Path) -> None:
    with lock.own_directory(tmp_path):
        with lock.own_directory(tmp_path) as second:
            pass
        with lock.own_directory(tmp_path) as third:
            assert third == second


def test_a_killed_owner_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        owner.stdout.readline()
        with pytest.raises(lock.Taken), lock.held(path):
            pass
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait(30)
    with lock.held(path):
        pass


def test_one_can_wait_for_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        assert owner.stdin
        owner.stdout.readline()
        owner.stdin.write(b"\n")  # it lets go when it has read this
        owner.stdin.close()
        with lock.held(path, wait_s=60):
            pass
