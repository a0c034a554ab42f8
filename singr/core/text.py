"""Words as people mean them: normalisation for search and fingerprints, cleaning of what strangers type."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0080-\u009f\u2028\u2029]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Accents of Latin, Greek and Cyrillic, Hebrew points and Arabic vowel signs. Marks of other scripts (kana voicing,
# Thai and Indic vowels) tell words apart and stay.
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
_APOSTROPHE = re.compile("['’‘`´ʼ]")
_BIDI_OVERRIDE = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>?")
_ASCII_WORD = re.compile("[a-z0-9]+")


def clean(text: str) -> str:
    """Text fit to store and show, otherwise verbatim: control characters become a space, ends are trimmed."""
    if text.isprintable():
        return text.strip()
    return _CONTROL.sub(" ", _LONE_SURROGATE.sub("\ufffd", text)).strip()


def normalise(text: str) -> str:
    """The form in which texts are compared: folded case, no accents, no punctuation, every script kept."""
    if text.isascii():  # the same, ten times as fast
        return " ".join(_ASCII_WORD.findall(text.lower().replace("'", "").replace("`", ""))) or clean(text)
    text = _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    text = unicodedata.normalize("NFC", _APOSTROPHE.sub("", text).casefold())
    words = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text)
    return " ".join(words.split()) or clean(text)


def song_fingerprint(artist: str, title: str) -> str:
    """The same for two spellings of one song; 32 hex digits."""
    return hashlib.sha256(f"{normalise(artist)}\n{normalise(title)}".encode()).hexdigest()[:32]


def plain(text: str) -> str:
    """`clean`, without what would disturb its surroundings: overrides of the writing direction go, and markup is made
    harmless, since Qt renders rich text wherever something looks like a tag."""
    text = _BIDI_OVERRIDE.sub("", clean(text))
    return _TAG.sub(lambda tag: tag[0].replace("<", "‹").replace(">", "›"), text)
