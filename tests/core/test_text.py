"""Words as people mean them, in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singr.core.text import clean, normalise, plain, song_fingerprint

ANYTHING = st.text(alphabet=st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("  Don't   STOP Believin’ ", "dont stop believin"),
        ("Beyoncé", "beyonce"),
        ("Motörhead", "motorhead"),
        ("AC/DC", "ac dc"),
        ("Straße", "strasse"),
        ("ＦＵＬＬ", "full"),
        ("Ёлка", "елка"),
        ("КИНО", "кино"),
        ("がんばれ", "がんばれ"),
        ("パプリカ", "パプリカ"),
        ("山田太郎", "山田太郎"),
        ("ปู่จ๋าน", "ปู่จ๋าน"),
        ("น้ำ", "น้ํา"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("नमस्ते", "नमस्ते"),
        ("???", "???"),
        ("🎤", "🎤"),
        ("", ""),
    ],
)
def test_texts_are_compared_in_one_form_that_keeps_their_script(typed: str, form: str) -> None:
    assert normalise(typed) == form


@pytest.mark.parametrize(
    ("one", "other"), [("は", "ば"), ("ハ", "パ"), ("กา", "กำ"), ("มา", "ม้า"), ("कि", "की"), ("е", "э")]
)
def test_marks_that_tell_words_apart_stay(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(ANYTHING)
def test_the_compared_form_is_its_own(text: str) -> None:
    form = normalise(text)
    assert normalise(form) == form
    assert form == form.strip()


def test_a_song_has_one_fingerprint_however_it_is_spelt() -> None:
    one = song_fingerprint("Beyoncé", "Don't Hurt Yourself")
    assert song_fingerprint("BEYONCE ", "dont hurt  yourself!") == one
    assert len(one) == 32
    assert int(one, 16)


def test_artist_and_title_are_told_apart() -> None:
    assert song_fingerprint("a b", "c") != song_fingerprint("a", "b c")
    assert song_fingerprint("Queen", "Innuendo") != song_fingerprint("Innuendo", "Queen")


@pytest.mark.parametrize("kept", ["José", "山田", "🏳️‍🌈", "a\u200db", "“quotes” 'n' \"such\"", "<3", "1 < 2 > 0", "אבג"])
def test_what_people_are_called_is_kept_verbatim(kept: str) -> None:
    assert clean(kept) == kept
    assert plain(kept) == kept


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("a\x00b", "a b"), (" \t a\r\n\r\nb \u2028", "a b"), ("\ud83d", "\ufffd"), ("\x9b31m", "31m"), ("\x7f", "")],
)
def test_what_no_screen_can_show_becomes_a_space(typed: str, stored: str) -> None:
    assert clean(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<b>Bo</b>", "‹b›Bo‹/b›"),
        ("<img src=x onerror=alert(1)>", "‹img src=x onerror=alert(1)›"),
        ("<script", "‹script"),
        ("<!-- x -->", "‹!-- x --›"),
    ],
)
def test_what_looks_like_markup_is_made_harmless(typed: str, stored: str) -> None:
    assert plain(typed) == stored


@given(ANYTHING)
def test_whatever_is_typed_can_be_stored_and_shown(text: str) -> None:
    stored = plain(text)
    assert plain(stored) == stored
    assert "\x00" not in stored
    stored.encode()


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_quick_way_for_ascii_is_the_same_as_the_other(text: str) -> None:
    assert normalise(f"é {text} a") == f"e {normalise(f'{text} a')}"
    assert clean(text) == clean(f"\x00{text}\x00")
