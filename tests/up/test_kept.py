"""Secrets: made once, the same ever after, for our eyes only."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import astuple

from singr.core.settings import Settings
from singr.identity.keys import SigningKeys
from singr.up import kept


def test_secrets_stay_the_same(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    assert kept.read_or_make(path) == kept.read_or_make(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_directories_share_no_secret(tmp_path: Path) -> None:
    first, second = (kept.read_or_make(tmp_path / name) for name in ("first", "second"))
    assert not set(astuple(first)) & set(astuple(second))


def test_the_signing_key_signs(tmp_path: Path) -> None:
    secrets = kept.read_or_make(tmp_path / "secrets.json")
    assert SigningKeys.of(Settings(jwt_private_keys=secrets.jwt_private_keys)).kid


def test_a_file_half_written_is_never_seen(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.with_name("secrets.json.new").write_text("{")
    assert kept.read_or_make(path) == kept.read_or_make(path)
