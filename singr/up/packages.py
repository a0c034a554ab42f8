"""What is missing, installed: with apt-get where that is permitted, otherwise named in one line.

Debian starts a server right after installing it; a `policy-rc.d` of ours, there only meanwhile, forbids it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from singr.up import lock

INSTALL_TIMEOUT_S = 1800
ASK_TIMEOUT_S = 120
BUSY, BUSY_TIMEOUT_S, LOOK_EVERY_S = "Could not get lock", 300, 1
POLICY = Path("/usr/sbin/policy-rc.d")
FORBID_STARTING = "#!/bin/sh\nexit 101\n"
POSTGIS = re.compile(r"^postgresql-(\d+)-postgis-3 ", re.MULTILINE)


class Missing(Exception):
    """A program we need and may not install; the message says in one line what to do."""


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def prefix() -> list[str] | None:
    """What goes before `apt-get` to be permitted: nothing for root, sudo for others; None: not permitted."""
    if sys.platform != "linux" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and (sys.stdin.isatty() or _quietly(["sudo", "-n", "true"]).returncode == 0):
        return ["sudo"]
    return None


def install(names: Sequence[str], *, why: str) -> None:
    """Install Debian packages; raises Missing where that is not possible or not permitted."""
    before = prefix()
    if before is None:
        raise Missing(f"{why}: please install {' '.join(names)}")
    say(f"{why}: installing {' '.join(names)} with {' '.join([*before, 'apt-get'])} …")
    with _nothing_started(before):
        _run([*before, *_apt("install", "--yes", "--no-install-recommends", *names)])


@contextmanager
def turn() -> Iterator[None]:
    """One of ours installs at a time; raises Missing."""
    path = Path(tempfile.gettempdir()) / f"singr-install-{os.geteuid()}.lock"
    try:
        with lock.held(path, wait_s=INSTALL_TIMEOUT_S):
            yield
    except lock.Taken as exc:
        raise Missing("another singr has been installing programs for too long") from exc


def refresh() -> None:
    """`apt-get update`; a stale or empty package list would not know the packages. Raises Missing."""
    before = prefix()
    if before is None:
        raise Missing("apt-get is not here or not permitted")
    if before:
        say("Reading the package lists with sudo apt-get update …")
    _run([*before, *_apt("update")])


def postgis_package(at_least: int) -> str | None:
    """The newest `postgresql-<N>-postgis-3` on offer with N ≥ `at_least`."""
    offered = _quietly(["apt-cache", "search", "--names-only", "^postgresql-[0-9]+-postgis-3$"]).stdout
    majors = [int(major) for major in POSTGIS.findall(offered) if int(major) >= at_least]
    return f"postgresql-{max(majors)}-postgis-3" if majors else None


def _apt(*arguments: str) -> list[str]:
    return [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=300",
        *arguments,
    ]


def _run(command: list[str]) -> None:
    """Run it; while somebody else's apt-get holds the lists, again and again. Raises Missing."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    done = _once(command)
    while done.returncode and BUSY in done.stdout and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
        done = _once(command)
    if done.returncode:
        raise Missing(f"{' '.join(command)} failed:\n{done.stdout[-2000:].strip()}")


def _once(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        raise Missing(f"{' '.join(command)} did not end within {INSTALL_TIMEOUT_S} s") from exc


def _quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=ASK_TIMEOUT_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return subprocess.CompletedProcess(command, 1, "", "")


@contextmanager
def _nothing_started(before: list[str]) -> Iterator[None]:
    if before or POLICY.exists():  # with sudo we tolerate a started server: ours has a port of its own
        yield
        return
    POLICY.write_text(FORBID_STARTING)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
