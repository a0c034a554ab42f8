"""What becomes of a silent sync, and how many songs OpenKJ left out."""

from __future__ import annotations

from uuid import uuid4

import pytest

from singr.songs import rules
from singr.songs.shapes import Generation
from tests.openkj import library


def sync(documents: int = 0, full: int = 0, received: int = 0, before: int = 0) -> Generation:
    return Generation(1, uuid4(), 1, "open", documents, full, received, before, True)


@pytest.mark.parametrize(("songs", "is_full"), [(0, False), (999, False), (1000, True), (5000, True)])
def test_another_document_may_only_follow_a_full_one(songs: int, is_full: bool) -> None:
    assert rules.is_full(songs) is is_full


@pytest.mark.parametrize(
    ("silent", "songs", "verdict"),
    [
        (sync(2, 2, 2000, before=5000), 2000, "hold"),
        (sync(2, 2, 2000, before=2105), 2000, "publish"),
        (sync(2, 2, 2000, before=2106), 2000, "hold"),
        (sync(2, 2, 2000, before=0), 2000, "publish"),
        (sync(3, 2, 2100, before=5000), 2100, "publish"),
        (sync(0, 0, 0, before=5000), 0, "publish"),
    ],
    ids=["half-way", "nearly all", "just under 95 %", "first sync", "last document came", "only a clear"],
)
def test_only_an_unfinished_and_much_smaller_sync_is_held(silent: Generation, songs: int, verdict: str) -> None:
    assert rules.verdict(silent, songs) == verdict


@pytest.mark.parametrize("songs", [0, 5, 999, 1000, 1002, 2001, 2003, 5000, 10_500])
def test_openkjs_losses_are_counted(songs: int) -> None:
    documents = [len(d) for d in library.documents_of_openkj(library.of(songs))]
    full = sum(map(rules.is_full, documents))
    assert rules.lost(sync(len(documents), full, sum(documents))) == songs // 1001


def test_a_loss_that_cannot_be_known_is_not_claimed() -> None:
    for songs in (1000, 1001):
        documents = [len(d) for d in library.documents_of_openkj(library.of(songs))]
        assert rules.lost(sync(len(documents), 1, sum(documents))) == 0


def test_other_programs_lose_nothing() -> None:
    assert rules.lost(sync(2, 2, 2000)) == 0
    assert rules.lost(sync(2, 1, 5007)) == 0
