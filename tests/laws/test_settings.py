"""Law: every setting stands in the README, and the README names no other."""

from __future__ import annotations

import re
from pathlib import Path

from singr.core.providers import FIELDS
from singr.core.settings import NAMES

README = Path(__file__).parents[2] / "README.md"


def test_every_setting_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+) \|", README.read_text("utf-8"), re.M)
    assert {name.strip("` ") for row in rows for name in row.split(",")} == set(NAMES)


def test_every_setting_of_a_provider_is_documented_and_no_other() -> None:
    named = re.findall(r"`OIDC_<NAME>_([A-Z_]+)`", README.read_text("utf-8"))
    assert sorted(named) == sorted(field.upper() for field in FIELDS)
