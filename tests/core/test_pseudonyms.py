"""Names for ids: the same within an organization, useless outside it."""

from __future__ import annotations

from uuid import UUID

import pytest

from singr.core.pseudonyms import Pseudonyms

ONE, OTHER = UUID(int=1), UUID(int=2)
SECRET = "a secret of this installation"


def test_an_id_has_one_name_within_an_organization_and_another_elsewhere() -> None:
    name = Pseudonyms(SECRET, ONE).name("device", "phone")
    assert name == Pseudonyms(SECRET, ONE).name("device", "phone")
    others = {
        Pseudonyms(SECRET, OTHER).name("device", "phone"),
        Pseudonyms("another secret", ONE).name("device", "phone"),
        Pseudonyms(SECRET, ONE).name("account", "phone"),
        Pseudonyms(SECRET, ONE).name("device", "phone2"),
    }
    assert len(others | {name}) == 5
    assert "phone" not in name


def test_a_name_leads_back_only_within_its_organization() -> None:
    name = Pseudonyms(SECRET, ONE).name("device", "phone")
    assert Pseudonyms(SECRET, ONE).read("device", name) == "phone"
    assert Pseudonyms(SECRET, OTHER).read("device", name) is None
    assert Pseudonyms("another secret", ONE).read("device", name) is None
    assert Pseudonyms(SECRET, ONE).read("account", name) is None


@pytest.mark.parametrize("name", ["", "x", "A" * 40, "phone", "é", "\x00", "=" * 8])
def test_a_made_up_name_leads_nowhere(name: str) -> None:
    assert Pseudonyms(SECRET, ONE).read("device", name) is None
