"""The virtual environment, from a bare python3: `python3 -m singr.up.venv DIRECTORY [EXTRA …]`.

Debian's python3 comes without the part that makes environments; it is installed where that is permitted. Two at the
same time take turns. Once made, a stamp in the directory says for which `pyproject.toml`.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

from singr.up import packages
from singr.up.packages import Missing, say

PYTHON_AT_LEAST = (3, 11)
MAKE_TIMEOUT_S, INSTALL_TIMEOUT_S = 300, 3600


def make(directory: Path, extras: list[str]) -> None:
    """Make or complete the environment for this project; raises Missing."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if _is_complete(directory, extras):
            return
        if not _has_pip(directory):
            _create(directory)
        _install(directory, extras)
        for known in _stamps(directory, extras):
            known.write_text(_wanted())


def _is_complete(directory: Path, extras: list[str]) -> bool:
    return all(stamp.exists() and stamp.read_text() == _wanted() for stamp in _stamps(directory, extras))


def _stamps(directory: Path, extras: list[str]) -> list[Path]:
    return [directory / f".made-{name}" for name in ["run", *extras]]


def _wanted() -> str:
    """Of our place and Python too: an editable install names the first, its packages lie under the second."""
    place = f"{Path.cwd()} {sys.version_info[:2]}"
    return hashlib.sha256(Path("pyproject.toml").read_bytes() + place.encode()).hexdigest()


def _create(directory: Path) -> None:
    if sys.version_info < PYTHON_AT_LEAST:
        raise Missing(
            f"Python {'.'.join(map(str, PYTHON_AT_LEAST))} or newer is needed, this is {sys.version.split()[0]}"
        )
    say(f"Making the virtual environment {directory} …")
    if _make_venv(directory):
        return
    if packages.prefix() is None:
        raise Missing("Please install python3-venv (Debian, Ubuntu) or another python3 with its venv module.")
    with packages.turn():
        packages.refresh()
        packages.install(["python3-venv"], why="python3 cannot make virtual environments yet")
    if not _make_venv(directory):
        raise Missing(f"{sys.executable} -m venv {directory} fails even with python3-venv installed")


def _make_venv(directory: Path) -> bool:
    """Without `ensurepip` this leaves half an environment, which a second call completes."""
    made = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "venv", directory], capture_output=True, timeout=MAKE_TIMEOUT_S, check=False
    )
    return made.returncode == 0 and _has_pip(directory)


def _has_pip(directory: Path) -> bool:
    python = directory / "bin" / "python"
    if not python.exists():
        return False
    asked = subprocess.run(  # noqa: S603
        [python, "-m", "pip", "--version"], capture_output=True, timeout=MAKE_TIMEOUT_S, check=False
    )
    return asked.returncode == 0


def _install(directory: Path, extras: list[str]) -> None:
    what = f".[{','.join(extras)}]" if extras else "."
    say(f"Installing {what} into {directory} …")
    done = subprocess.run(  # noqa: S603
        [directory / "bin" / "python", "-m", "pip", "install", "--quiet", "--editable", what],
        timeout=INSTALL_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise Missing("pip could not install what the project needs; its message is above")


def main(arguments: list[str]) -> int:
    """The exit code."""
    directory, *extras = arguments
    try:
        make(Path(directory), extras)
    except Missing as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
