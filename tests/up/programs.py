"""Programs that only pretend: shell scripts on a PATH of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest


class Programs:
    """`log` has a line for each call of any of them."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.directory, self.log = directory / "bin", directory / "calls"
        self.directory.mkdir()
        self.log.touch()
        monkeypatch.setenv("PATH", f"{self.directory}:/usr/bin:/bin")

    def add(self, name: str, does: str = "") -> Path:
        """A program that notes how it was called, then does `does` (shell)."""
        path = self.directory / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.log}\n{does}\n')
        path.chmod(0o755)
        return path

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()
