"""What the pages say: one table a language, read by the server and sent to the page's scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from aiohttp import hdrs, web
from babel import Locale

FOLDER = Path(__file__).with_name("words")
COOKIE, CHOICE = "singr_language", "lang"
# What both of these pages say stands once, under a name that is no page's.
SIGNED_IN, TOGETHER = ("account", "host"), "signed_in"
ACCEPTED_MAX = 20

Text = str | dict[str, str]
"""One that depends on a number `n` has a form for each plural category of its language (Unicode CLDR)."""


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` is of BCP 47, `name` in the language itself, `direction` ltr or rtl; `plural` tells a number's category."""

    tag: str
    name: str
    direction: str
    plural: Callable[[int], str]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One page's texts in one language, by key."""

    language: Language
    texts: dict[str, Text]


def _language(tag: str) -> Language:
    locale = Locale.parse(tag, sep="-")
    return Language(tag, locale.get_display_name() or tag, locale.text_direction, locale.plural_form)


def _table(language: Language) -> dict[str, Words]:
    """The texts of each page."""
    written = (FOLDER / f"{language.tag}.json").read_bytes()
    pages = msgspec.json.decode(written, type=dict[str, dict[str, Text]])
    shared = pages.pop(TOGETHER)
    return {page: Words(language, (shared if page in SIGNED_IN else {}) | texts) for page, texts in pages.items()}


LANGUAGES = {file.stem: _language(file.stem) for file in sorted(FOLDER.glob("*.json"))}
ENGLISH = LANGUAGES["en"]
TABLES = {tag: _table(language) for tag, language in LANGUAGES.items()}


def of_page(page: str, language: Language) -> Words:
    """The table for one page."""
    return TABLES[language.tag][page]


def language_of(request: web.Request) -> Language:
    """The visitor's: as chosen now (`?lang=`) or before, else what the browser prefers, else English."""
    chosen = (request.query.get(CHOICE, ""), request.cookies.get(COOKIE, ""))
    wanted = (*chosen, *_accepted(request.headers.get(hdrs.ACCEPT_LANGUAGE, "")))
    return next((language for tag in wanted if (language := _spoken(tag))), ENGLISH)


def say(words: Words, key: str, **values: object) -> str:
    """The text of `key` with its values put in."""
    text = words.texts[key]
    if isinstance(text, dict):
        text = text[words.language.plural(int(str(values["n"])))]
    return text.format_map(values)


def labels(words: Words) -> dict[str, str]:
    """The texts that need no values, for templates."""
    return {key: text for key, text in words.texts.items() if isinstance(text, str)}


def _accepted(header: str) -> list[str]:
    """The tags of an Accept-Language, the most wanted first (RFC 9110, 12.5.4)."""
    weighted = []
    for each in header.split(",")[:ACCEPTED_MAX]:
        tag, _, weight = each.partition(";")
        try:
            weighted.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda each: -each[0]) if weight > 0]


def _spoken(tag: str) -> Language | None:
    """Ours that serves a reader of `tag`: the same, or another region's."""
    exact = next((language for ours, language in LANGUAGES.items() if ours.lower() == tag.lower()), None)
    primary = tag.partition("-")[0].lower()
    return exact or next((one for ours, one in LANGUAGES.items() if ours.partition("-")[0] == primary), None)
