"""The words songs are found by, and what is made of what singers type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singr.core.text import normalise
from singr.songs import asking, folding


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("AC/DC", {"ac", "dc", "acdc"}),
        ("P!nk", {"p", "nk", "pnk", "pink"}),
        ("Ke$ha", {"ke", "ha", "keha", "kesha"}),
        ("Rock'n'Roll", {"rock", "n", "roll"}),
        ("O’Connor", {"oconnor"}),
        ("Motörhead", {"motorhead", "motoerhead"}),
        ("Røyksopp", {"royksopp", "roeyksopp"}),
        ("Кино", {"кино", "kino"}),
        ("津軽海峡", {"津軽海峡", "軽海峡", "海峡", "峡"}),
        ("アニメ", {"あにめ", "にめ", "め"}),
        ("!!!", {"!!!"}),
        ("", set()),
    ],
)
def test_a_word_is_stored_in_the_ways_it_is_typed(name: str, words: set[str]) -> None:
    assert set(folding.words("", name)) == words


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Beatles", "beatles"),
        ("Beatles, The", "beatles"),
        ("BEATLES", "beatles"),
        ("Rock'n'Roll", "rock n roll"),
        ("A", "a"),
        ("The The", "the"),
        ("Earth, Wind & Fire", "earth wind fire"),
        ("P!nk", "pink"),
        ("東京", "東京"),
        ("???", "???"),
    ],
)
def test_names_are_sorted_without_their_articles(name: str, key: str) -> None:
    assert folding.key(name) == key


def test_japanese_titles_stay_apart() -> None:
    titles = ["冬景色", "雪景色", "さくら", "サクラサク", "津軽海峡", "ひまわりの約束", "残酷な天使のテーゼ"]
    assert len({folding.key(title) for title in titles}) == len(titles)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_folded_as_every_other_text(text: str) -> None:
    assert folding.fold(text) == (normalise(text) if any(map(str.isalnum, text)) else "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_song_has_words_without_spaces_and_a_key_of_bounded_length(artist: str, title: str) -> None:
    words = folding.words(artist, title)
    assert all(word and len(word) <= folding.WORD_MAX and not word.isspace() for word in words)
    assert len(folding.key(title)) <= folding.KEY_MAX


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("queen", "'S.queen':*"),
        ("be the", "'S.be'"),
        ("the", "'S.the':*"),
        ("a ha", "'S.ha':*"),
        ("津軽", "'S.津軽':*"),
        ("me you", "(('S.me' & ('S.you':* | 'S.u')) | 'S.meyou':*)"),
        ("t.n.t", "(('S.t' & 'S.n' & 'S.t':*) | 'S.tnt':*)"),
        ("'\\", "'S.''\\\\':*"),
    ],
)
def test_what_is_typed_becomes_a_question(text: str, query: str) -> None:
    assert asking.query(asking.read(text), "S.") == query


@given(st.text(max_size=200))
def test_any_text_becomes_a_question_of_bounded_size(text: str) -> None:
    asked = asking.read(text)
    assert len(asked.terms) <= asking.WORDS_MAX
    assert not asked.terms or asking.query(asked, "S.")
