"""Processes of ours: they end with us, and one left over is told from a stranger with the same number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from singr.up.child import Child, NotStarted, command_line, stop_leftover

STOPS = (signal.SIGTERM,)
SPAWN = """
import signal, sys, time
from pathlib import Path
from singr.up.child import Child
child = Child(["sleep", "300"], Path(sys.argv[1]), None, [signal.SIGTERM], Path("/"))
child.spawn()
print(child.process.pid, flush=True)
time.sleep(300)
"""


def is_gone(pid: int) -> bool:
    """Whether it ends within a while."""
    deadline = time.monotonic() + 30
    while command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not command_line(pid)


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SPAWN, tmp_path / "log"], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert command_line(pid)
        parent.kill()
    assert is_gone(pid)


def test_a_leftover_is_stopped_and_a_stranger_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print(flush=True); input()", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as left:
        assert left.stdout
        left.stdout.readline()  # its command line is its own only some time after it began
        stop_leftover(left.pid, Path("/somewhere/else"), STOPS)
        assert left.poll() is None
        stop_leftover(left.pid, tmp_path, STOPS)
        assert left.wait(30) == -signal.SIGTERM


def test_a_leftover_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); input()"
    command = [sys.executable, "-c", deaf, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as left:
        assert left.stdout
        left.stdout.readline()
        stop_leftover(left.pid, tmp_path, STOPS, each_s=0.2)
        assert left.wait(30) == -signal.SIGKILL


def test_no_process_no_harm(tmp_path: Path) -> None:
    stop_leftover(None, tmp_path, STOPS)
    assert command_line(2**22 + 1) == []


def test_a_program_that_ends_at_once_is_not_started_and_its_words_are_kept(tmp_path: Path) -> None:
    child = Child(["sh", "-c", "echo out of memory; exit 1"], tmp_path / "log", None, STOPS, tmp_path)
    child.spawn()
    with pytest.raises(NotStarted, match="out of memory"):
        child.wait_until(lambda: False, timeout_s=30)


def test_a_child_inherits_nothing_that_would_configure_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    child = Child(["env"], tmp_path / "log", None, STOPS, tmp_path)
    child.spawn()
    assert child.process
    assert child.process.wait(30) == 0
    assert "PGPORT" not in (tmp_path / "log").read_text()
    assert os.environ["PGPORT"] == "1"
