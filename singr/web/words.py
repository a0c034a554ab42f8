"""What the singer page and the screen say: one table a language, read by the server and sent to the page's scripts."""

from __future__ import annotations

from pathlib import Path

import msgspec

FOLDER = Path(__file__).with_name("words")
LANGUAGE = "en"

Words = dict[str, str | dict[str, str]]
"""Texts by key; those that depend on a number `n` have one for each plural category."""

TABLES: dict[str, dict[str, Words]] = {
    file.stem: msgspec.json.decode(file.read_bytes(), type=dict[str, Words]) for file in FOLDER.glob("*.json")
}


def of_page(page: str) -> Words:
    """The table for one page."""
    return TABLES[LANGUAGE][page]


def say(words: Words, key: str, **values: object) -> str:
    """The text of `key` with its values put in."""
    text = words[key]
    if isinstance(text, dict):
        text = text["one" if values["n"] == 1 else "other"]
    return text.format_map(values)


def labels(words: Words) -> dict[str, str]:
    """The texts that need no values, for templates."""
    return {key: text for key, text in words.items() if isinstance(text, str)}
