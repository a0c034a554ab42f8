"""What somebody types, as questions to a book: first to the letter, then forgivingly.

A book's words carry its scope (`scope`), so that one index of all books answers for one book alone: a question is a
`tsquery` of beginnings of such words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from uuid import UUID

from msgspec import Struct

from singr.songs import folding
from singr.songs.spelling import storable

WORDS_MAX = 12
# Up to so many words, neighbours are also tried as one word, and each word is left out once.
COMBINED_MAX = 6
# Beginnings as short as this match too much: only the word that is still being typed is taken for one.
SHORT = 2

# What people add or leave out. It counts only where nothing else is typed.
FILLING = frozenset({"the", "a", "an", "and", "n", "feat", "ft", "featuring"})
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "hundred": "100",
}  # fmt: skip
SAME: dict[str, tuple[str, ...]] = {
    **{name: (number,) for name, number in _NUMBERS.items()},
    **{number: (name,) for name, number in _NUMBERS.items()},
    "2": ("two", "to", "too"), "to": ("2",), "4": ("four", "for"), "for": ("4",), "u": ("you",), "you": ("u",),
}  # fmt: skip


class Term(Struct, frozen=True):
    """One word asked for: a song must have one of `ways`; each is several words in a row, the last a beginning."""

    word: str
    ways: tuple[tuple[str, ...], ...]
    is_beginning: bool


class Asked(Struct, frozen=True):
    """What is typed. `start` is how an artist or a title would begin."""

    start: str
    terms: tuple[Term, ...]

    @property
    def words(self) -> list[str]:
        return [term.word for term in self.terms]


def scope(tenant: UUID, system: int) -> str:
    """What a book's words begin with. Books may share one by accident: statements look at the tenant too."""
    return hashlib.md5(f"{tenant}.{system}".encode(), usedforsecurity=False).hexdigest()[:10] + "."


def read(text: str) -> Asked:
    """What `text` asks for; without terms when it is empty."""
    text = storable(text)
    typed = folding.tokens(text)[:WORDS_MAX]
    terms = [term for token in typed for term in _terms(token)][:WORDS_MAX]
    if terms:
        last = terms[-1]
        terms[-1] = Term(last.word, last.ways, True)
    telling = [term for term in terms if term.word not in FILLING] or terms
    return Asked(folding.key(text), tuple(telling))


def query(asked: Asked, within: str) -> str:
    """The `tsquery` of songs that have every word, in any order; neighbours may be one word (one republic)."""
    terms = asked.terms
    every = _all(_term(term, within) for term in terms)
    if not 2 <= len(terms) <= COMBINED_MAX:
        return every
    joined = (
        _all([*(_term(t, within) for t in (*terms[:n], *terms[n + 2 :])), _beginning(one.word + two.word, within)])
        for n, (one, two) in enumerate(pairwise(terms))
    )
    return _any([every, *joined])


def forgiving_query(asked: Asked, near: Mapping[str, Sequence[str]], within: str) -> str:
    """The `tsquery` of songs that have every word or one of those `near` it; of three and more words one may lack."""
    terms = [
        _any([_term(term, within), *(_word(word, within) for word in near.get(term.word, ()))]) for term in asked.terms
    ]
    if not 3 <= len(terms) <= COMBINED_MAX:
        return _all(terms)
    return _any(_all(some) for some in combinations(terms, len(terms) - 1))


def _terms(token: str) -> list[Term]:
    found = folding.parts(token) or [token]
    if len(found) == 1 or any(map(folding.is_unspaced, found)):
        return [Term(word, _ways(token, word), False) for word in found]
    return [Term("".join(found), (tuple(found), ("".join(found),), *_signed(token)), False)]


def _ways(token: str, word: str) -> tuple[tuple[str, ...], ...]:
    if folding.is_unspaced(word):
        return ((word[: folding.ENDING_MAX],),)
    return ((word[: folding.WORD_MAX],), *((same,) for same in SAME.get(word, ())), *_signed(token))


def _signed(token: str) -> tuple[tuple[str], ...]:
    return ((behind,),) if (behind := folding.written_with_signs(token)) else ()


def _term(term: Term, within: str) -> str:
    ways = []
    for *before, last in term.ways:
        typed = last == term.ways[0][-1]
        is_beginning = (term.is_beginning and typed) or len(last) > SHORT or folding.is_unspaced(last)
        ended = _beginning(last, within) if is_beginning else _word(last, within)
        ways.append(_all([*(_word(word, within) for word in before), ended]))
    return _any(ways)


def _word(word: str, within: str) -> str:
    return "'" + (within + word).replace("\\", "\\\\").replace("'", "''") + "'"


def _beginning(word: str, within: str) -> str:
    return _word(word, within) + ":*"


def _all(parts: Iterable[str]) -> str:
    return _between(" & ", list(parts))


def _any(parts: Iterable[str]) -> str:
    return _between(" | ", list(dict.fromkeys(parts)))


def _between(sign: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({sign.join(parts)})"
