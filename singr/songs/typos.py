"""Typing mistakes: what was meant, by the words that books have.

All books share one vocabulary. It says nothing of whose book has a word: only what a book itself then answers is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from rapidfuzz.distance import OSA

from singr.infra.sql import Runs, many, none
from singr.songs import folding
from singr.songs.asking import Asked, Term
from singr.songs.spelling import Spelt

LEARN = none("song_words_learnt")

LETTERS_MIN, LETTERS_MAX = 3, 24
# From so many letters on two mistakes are made good, and three in long words.
LONG, VERY_LONG = 6, 10
NEAR_MAX = 12
LIKE_MAX = 40


class Near(Struct):
    term: str
    word: str


NEAR = many("song_words_near", Near)


async def learn(on: Runs, songs: Iterable[Spelt]) -> None:
    """Take songs' words into the vocabulary."""
    words = {word for song in songs for word in song.words if _is_learnt(word)}
    if words:
        await LEARN(on, words=sorted(words))


async def near(on: Runs, asked: Asked) -> dict[str, list[str]]:
    """For each term the words that may be meant instead, the nearest first."""
    terms = {term.word: term for term in asked.terms if _is_learnt(term.word)}
    if not terms:
        return {}
    found: dict[str, list[tuple[int, str]]] = {}
    for hit in await NEAR(on, terms=list(terms), long=LONG, most=LIKE_MAX):
        mistakes = _mistakes(terms[hit.term], hit.word)
        if 0 < mistakes <= _bearable(hit.term):
            found.setdefault(hit.term, []).append((mistakes, hit.word))
    return {term: [word for _, word in sorted(words)[:NEAR_MAX]] for term, words in found.items()}


def likeness(asked: Asked, words: Sequence[str]) -> float:
    """How much of what is asked a song's words have: from 0 to 1."""
    return sum(max((_likeness(term, word) for word in words), default=0) for term in asked.terms) / len(asked.terms)


def meant(asked: Asked, words: Sequence[str]) -> str | None:
    """What is asked, with the words of a song where it comes near them; None where nothing changes."""
    corrected = [_corrected(term, words) for term in asked.terms]
    return " ".join(corrected) if corrected != asked.words else None


def _corrected(term: Term, words: Sequence[str]) -> str:
    if any(word.startswith(way[-1]) for word in words for way in term.ways):
        return term.word
    best = max(words, key=lambda word: _likeness(term, word), default=term.word)
    return best if _mistakes(term, best) <= _bearable(term.word) else term.word


def _likeness(term: Term, word: str) -> float:
    if term.is_beginning and len(word) > len(term.word):
        begun = max(OSA.normalized_similarity(term.word, word[: len(term.word) + more]) for more in (0, 1))
        return max(0.95 * begun, OSA.normalized_similarity(term.word, word))
    return OSA.normalized_similarity(term.word, word)


def _mistakes(term: Term, word: str) -> int:
    if term.is_beginning and len(word) > len(term.word):
        return min(OSA.distance(term.word, word[: len(term.word) + more]) for more in (-1, 0, 1, len(word)))
    return OSA.distance(term.word, word)


def _bearable(term: str) -> int:
    return 1 if len(term) < LONG else 2 if len(term) < VERY_LONG else 3


def _is_learnt(word: str) -> bool:
    return LETTERS_MIN <= len(word) <= LETTERS_MAX and not folding.is_unspaced(word) and not word.isdigit()
