"""A machine that pretends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.up.programs import Programs


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Programs of the test's own before those of the machine."""
    return Programs(tmp_path, monkeypatch)
