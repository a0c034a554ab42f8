"""The virtual environment: made when it is not there, completed when half made, left alone when it is right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from singr.up import packages, venv
from singr.up.packages import Missing


@pytest.fixture
def did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in order; nothing really is."""
    done: list[str] = []

    def make_venv(_directory: Path) -> bool:
        done.append("venv")
        return True

    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[project]")
    monkeypatch.setattr(venv, "_has_pip", lambda _directory: "venv" in done)
    monkeypatch.setattr(venv, "_make_venv", make_venv)
    monkeypatch.setattr(venv, "_install", lambda _directory, extras: done.append(f"install {extras}"))
    monkeypatch.setattr(packages, "prefix", list)
    monkeypatch.setattr(packages, "refresh", lambda: done.append("refresh"))
    monkeypatch.setattr(packages, "install", lambda names, why: done.append(f"apt {names}"))
    return done


def test_it_is_made_once(did: list[str]) -> None:
    venv.make(Path(".venv"), [])
    venv.make(Path(".venv"), [])
    assert did == ["venv", "install []"]


def test_the_development_tools_come_on_top_and_stay_enough_for_running(did: list[str]) -> None:
    venv.make(Path(".venv"), [])
    venv.make(Path(".venv"), ["dev"])
    venv.make(Path(".venv"), [])
    assert did == ["venv", "install []", "install ['dev']"]


def test_a_changed_project_is_installed_again(did: list[str]) -> None:
    venv.make(Path(".venv"), [])
    Path("pyproject.toml").write_text("[project] # with one more dependency")
    venv.make(Path(".venv"), [])
    assert did == ["venv", "install []", "install []"]


def test_what_python_lacks_is_installed_first(did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "_make_venv", lambda _directory: "apt ['python3-venv']" in did)
    venv.make(Path(".venv"), [])
    assert did == ["refresh", "apt ['python3-venv']", "install []"]


def test_without_permission_one_line_says_what_is_missing(did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "_make_venv", lambda _directory: False)
    monkeypatch.setattr(packages, "prefix", lambda: None)
    with pytest.raises(Missing, match="Please install python3-venv"):
        venv.make(Path(".venv"), [])
    assert did == []


def test_an_old_python_is_told_so(did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(Missing, match=r"Python 3\.11 or newer is needed"):
        venv.make(Path(".venv"), [])
    assert did == []
