"""Letters to browse artists by: for each script those its readers know, each a stretch of the order of keys."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


class Letter(Struct, frozen=True):
    """Artists under `name` have keys from `start` up to `until`."""

    name: str
    start: str
    until: str


# Alphabets whose letters stand one after the other: Greek, Cyrillic (with what Ukrainian, Belarusian and Serbian add),
# Armenian, Hebrew, Arabic, Devanagari, Thai, Georgian.
_ALPHABETS = ("αω", "ая", "ђџ", "ґґ", "աֆ", "את", "ءي", "अह", "กฮ", "เไ", "აჰ")
_KANA_ROWS = "ぁかさたなはまゃらゎ゠"
_KANA_NAMES = "あかさたなはまやらわ"
# Syllables of Hangul stand in order of their first consonant; the double ones belong to the single ones.
_HANGUL = ("ㄱ0", "ㄴ2", "ㄷ3", "ㄹ5", "ㅁ6", "ㅂ7", "ㅅ9", "ㅇ11", "ㅈ12", "ㅊ14", "ㅋ15", "ㅌ16", "ㅍ17", "ㅎ18")
_SYLLABLES, _OF_CONSONANT = 0xAC00, 588


def _all() -> Iterator[Letter]:
    yield Letter("#", "\x01", "a")
    for code in range(ord("a"), ord("z") + 1):
        yield Letter(chr(code).upper(), chr(code), chr(code + 1))
    for alphabet in _ALPHABETS:
        for code in range(ord(alphabet[0]), ord(alphabet[1]) + 1):
            yield Letter(chr(code).upper(), chr(code), chr(code + 1))
    for n, name in enumerate(_KANA_NAMES):
        yield Letter(name, _KANA_ROWS[n], _KANA_ROWS[n + 1])
    yield Letter("漢", "\u3400", "\ua000")
    starts = [chr(_SYLLABLES + int(consonant[1:]) * _OF_CONSONANT) for consonant in _HANGUL] + ["\ud7a4"]
    for n, consonant in enumerate(_HANGUL):
        yield Letter(consonant[0], starts[n], starts[n + 1])


LETTERS = {letter.name: letter for letter in _all()}
