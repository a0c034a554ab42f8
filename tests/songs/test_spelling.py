"""Songs made fit to store: verbatim where it can be, told apart as singers would."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singr.songs.spelling import NORMALIZED_MAX_BYTES, TEXT_MAX, Odd, spell, spell_all


def song(artist: str, title: str) -> dict[str, Any]:
    return {"artist": artist, "title": title}


def test_a_song_is_combined_and_normalised() -> None:
    spelt = spell(song("Beyoncé", "Crazy In Love (feat. JAY-Z)"))
    assert (spelt.artist, spelt.title) == ("Beyoncé", "Crazy In Love (feat. JAY-Z)")
    assert spelt.combined == "Beyoncé - Crazy In Love (feat. JAY-Z)"
    assert spelt.normalized == "beyonce crazy in love feat jay z"


@pytest.mark.parametrize(
    "text", ["José", "山田", "🎤", '"quotes" \\ /', " padded ", "a\tb\nc", "e\u0301", "<b>x</b>", "\u0007"]
)
def test_texts_are_kept_to_the_letter(text: str) -> None:
    assert spell(song("A", text)).title == text


def test_what_postgresql_cannot_store_is_left_out() -> None:
    assert spell(song("A\x00B", "\ud800C")).artist == "AB"
    assert spell(song("A\x00B", "\ud800C")).title == "C"


def test_a_text_padded_beyond_measure_is_stored_without_its_padding() -> None:
    assert spell(song("A" + " " * 10_000, "B")).artist == "A"


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (7, "not an object"),
        ({}, "neither artist nor title"),
        (song(" \t", "\x00"), "neither artist nor title"),
        ({"artist": 1999, "title": "x"}, "artist is not a text"),
        ({"artist": "x", "title": ["y"]}, "title is not a text"),
        (song("x" * 256, "y"), "artist is longer than 255 characters"),
    ],
)
def test_an_odd_song_says_why(odd: Any, why: str) -> None:
    with pytest.raises(Odd, match=why):
        spell(odd)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (song("Emoji", "🎉"), song("Emoji", "🎊")),
        (song("!!!", "Heart"), song("???", "Heart")),
        (song("A", "1 2"), song("A", "12")),
        (song("", "Queen"), song("Queen", "Queen")),
    ],
)
def test_different_songs_stay_different(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert spell(one).normalized != spell(other).normalized


async def test_spellings_of_one_song_are_one_and_odd_ones_are_told() -> None:
    spelt, odd = await spell_all([song("QUEEN", "Innuendo"), None, song("Queen", "innuendo!")])
    assert [s.artist for s in spelt] == ["QUEEN"]
    assert odd == ["song 2: not an object"]


# A book is unique in `combined` and in `normalized`: were one of them equal and the other not, a document would fail.
@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_songs_of_one_combined_text_have_one_normalised_text(one: tuple[str, str], other: tuple[str, str]) -> None:
    try:
        first, second = spell(song(*one)), spell(song(*other))
    except Odd:
        return
    assert first.combined != second.combined or first.normalized == second.normalized


@given(st.text(alphabet=st.characters(codec=None), max_size=400))
def test_whatever_is_spelt_can_be_stored_and_indexed(text: str) -> None:
    try:
        spelt = spell(song(text, "x"))
    except Odd:
        return
    for stored in (spelt.artist, spelt.combined, spelt.normalized):
        assert "\x00" not in stored
        assert len(stored.encode()) <= max(NORMALIZED_MAX_BYTES, (2 * TEXT_MAX + 3) * 4)
    assert len(spelt.artist) <= TEXT_MAX
    assert spelt.normalized


def test_a_text_that_grows_when_normalised_is_cut() -> None:
    assert len(spell(song("ﷺ" * 255, "x")).normalized.encode()) <= NORMALIZED_MAX_BYTES
