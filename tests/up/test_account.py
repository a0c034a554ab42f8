"""Where private data lies, and whose it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from singr.up import account
from singr.up.account import Account


class Locked(Account):
    """An account that cannot enter the directory; nothing is really given to it."""

    def give(self, path: Path) -> None:
        assert path.is_dir()

    def reaches(self, directory: Path) -> bool:
        return False


class Welcome(Locked):
    def reaches(self, directory: Path) -> bool:
        return True


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "outside"
    monkeypatch.setattr(account, "OUTSIDE", path)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.mark.parametrize("whose", [None, Welcome("postgres", 1, 1)])
def test_data_lies_in_the_directory_itself(home: Path, whose: Account | None) -> None:
    made = account.room(home, "postgres", whose)
    assert made == home / "postgres"
    assert made.stat().st_mode & 0o777 == 0o700


def test_data_lies_outside_when_the_account_cannot_enter(home: Path, outside: Path) -> None:
    whose = Locked("postgres", 1, 1)
    made = account.room(home, "postgres", whose)
    assert made.is_relative_to(outside)
    assert (home / "postgres").resolve() == made
    assert account.room(home, "postgres", whose) == made  # the second start finds it


def test_a_new_clone_in_the_same_place_gets_new_data(home: Path) -> None:
    whose = Locked("postgres", 1, 1)
    before = account.room(home, "postgres", whose)
    (home / "postgres").unlink()
    assert account.room(home, "postgres", whose) != before


def test_a_link_into_nothing_is_made_anew(home: Path) -> None:
    whose = Locked("postgres", 1, 1)
    made = account.room(home, "postgres", whose)
    made.rmdir()
    assert account.room(home, "postgres", whose).is_dir()


def test_only_root_becomes_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert account.unprivileged() is None
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    other = account.unprivileged()
    assert other is not None
    assert other.uid != 0
