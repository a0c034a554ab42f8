"""Texts as search compares them: letters folded into one form, every script kept, and the ways one word is written.

A book's words are made when a song is stored (`words`, `key`), a singer's when somebody types (`singr.songs.asking`);
both fold alike. Japanese, Chinese, Korean and Thai do not part words by spaces, so their texts are stored with every
ending (津軽海峡, 軽海峡, 海峡, 峡), and any part of them is then the beginning of something.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain

from singr.core.text import normalise

KEY_MAX = 120
WORD_MAX = 40
ENDING_MAX = 12

# A book says the same words again and again.
REMEMBERED = 20_000

ARTICLES = ("the ", "a ", "an ")
_TRAILING_ARTICLE = re.compile(r",\s*(the|a|an|der|die|das|le|la|les|el|los|las)\s*$", re.I)
# Letters that no accent makes, so that Unicode takes nothing off them.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ə": "e", "ŋ": "ng"}
    # Katakana as hiragana: who types one may mean the other.
    | {chr(katakana): chr(katakana - 0x60) for katakana in range(0x30A1, 0x30F7)}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_UMLAUT = re.compile("[äöüåø]", re.I)
_AND = re.compile(r"(?<=\w)['’]n['’](?=\w)", re.I)
# P!nk, Ke$ha, A$AP: signs that stand for letters inside a name.
_SIGN = {"!": "i", "$": "s", "@": "a", "€": "e"}
_SIGNS = re.compile(r"(?<=\w)[!@€](?=\w)|\$(?=\w)")
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_FIRST_UNSPACED = re.compile(f"[{_UNSPACED}]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN_OF = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіїєґўћђј", "abvgdeziiklmnoprstufyeiieguc" "dj", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}
)  # fmt: skip


def fold(text: str) -> str:
    """Folded words with a space between; empty where `text` has neither letter nor digit."""
    return normalise(text).translate(_LETTERS) if any(map(str.isalnum, text)) else ""


@lru_cache(REMEMBERED)
def key(text: str) -> str:
    """What an artist or a title is sorted, grouped and begun by: folded, without its leading or trailing article."""
    plain = _TRAILING_ARTICLE.sub("", text) if "," in text else text
    folded = fold(_read_signs(_AND.sub(" n ", plain)))
    for article in ARTICLES:
        if folded.startswith(article):
            folded = folded[len(article) :]
            break
    return (folded or " ".join(text.casefold().split()))[:KEY_MAX]


def parts(token: str) -> list[str]:
    """The words of a text without spaces: `ac`, `dc` of AC/DC; a run of an unspaced script is one."""
    folded = fold(token).split()
    if token.isascii() or not _FIRST_UNSPACED.search(token):
        return folded
    return [run for word in folded for run in _RUN.findall(word)]


def tokens(text: str) -> list[str]:
    """What stands between spaces, with rock'n'roll taken apart; the text itself where it is nothing but signs."""
    found = _AND.sub(" n ", text).split()
    return [token for token in found if any(map(str.isalnum, token))] or [t.casefold() for t in found]


def words(artist: str, title: str) -> list[str]:
    """Every word by whose beginning a song is found, each once."""
    found = dict.fromkeys(chain.from_iterable(map(_written, chain(tokens(artist), tokens(title)))))
    if len(joined := "".join(key(artist).split())) <= WORD_MAX:
        found[joined] = None  # OneRepublic, for those who write it apart, and linkinpark
    found.pop("", None)
    return list(found)


def is_unspaced(word: str) -> bool:
    """Whether `word` is of a script that does not part words by spaces."""
    return not word.isascii() and _FIRST_UNSPACED.match(word) is not None


def written_with_signs(token: str) -> str:
    """The name behind the signs, folded and in one piece: pink, kesha; empty where `token` has none."""
    return fold(read).replace(" ", "") if (read := _read_signs(token)) != token else ""


def _read_signs(text: str) -> str:
    return _SIGNS.sub(lambda sign: _SIGN[sign[0]], text)


@lru_cache(REMEMBERED)
def _written(token: str) -> tuple[str, ...]:
    """The words of a token in all the ways they are typed."""
    found = parts(token)
    if not found:
        return (token[:WORD_MAX],)
    ways = [*found, "".join(found)] if len(found) > 1 else list(found)
    if not token.isalnum():
        ways.append(written_with_signs(token))
    if not token.isascii():
        ways += chain.from_iterable(_endings(word) for word in found if is_unspaced(word))
        if _UMLAUT.search(token):
            ways.append(fold(token.casefold().translate(_UMLAUTS)).replace(" ", ""))
        if _CYRILLIC.search(token):
            ways += [word.translate(_LATIN_OF) for word in found]
    return tuple(word[:WORD_MAX] for word in ways)


def _endings(word: str) -> list[str]:
    return [word[start : start + ENDING_MAX] for start in range(len(word))]
