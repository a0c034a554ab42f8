"""The pages speak their visitors' languages, and say the same in each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from babel import Locale

from singr import imports
from singr.web.words import LANGUAGES, TABLES, language_of, of_page, say
from tests.house import House

each_language = pytest.mark.parametrize("tag", sorted(LANGUAGES))


def forms(text: str | dict[str, str]) -> dict[str, str]:
    return text if isinstance(text, dict) else {"other": text}


@each_language
def test_every_plural_category_of_a_language_has_its_form(tag: str) -> None:
    wanted = Locale.parse(tag, sep="-").plural_form.tags | {"other"}
    for page in TABLES[tag].values():
        lacking = [key for key, text in page.texts.items() if isinstance(text, dict) and set(text) != wanted]
        assert lacking == []


def test_whatever_is_wrong_with_a_file_has_its_words() -> None:
    reading = Path(imports.__file__).with_name("reading")
    kinds = {
        kind
        for file in reading.glob("*.py")
        for kind in re.findall(r'(?:Bad|Broken)\([^,]+, "(\w+)", ', file.read_text())
    }
    assert len(kinds) > 10
    assert {f"fault_{kind}" for kind in kinds} <= TABLES["en"]["host"].texts.keys()


@each_language
def test_every_language_fills_in_the_same_values(tag: str) -> None:
    for page, words in TABLES["en"].items():
        for key, text in words.texts.items():
            wanted = set(re.findall(r"{(\w+)}", forms(text)["other"]))
            given = [set(re.findall(r"{(\w+)}", form)) for form in forms(TABLES[tag][page].texts[key]).values()]
            assert wanted in given, key
            assert all(names <= wanted for names in given), key


@pytest.mark.parametrize(
    ("headers", "query", "tag"),
    [
        ({}, "", "en"),
        ({"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}, "", "de"),
        ({"Accept-Language": "en;q=0.4, fr-CA;q=0.8"}, "", "fr"),
        ({"Accept-Language": "pt-PT"}, "", "pt-BR"),
        ({"Accept-Language": "nl, *;q=0.1"}, "", "en"),
        ({"Accept-Language": "de;q=0, ja"}, "", "ja"),
        ({"Accept-Language": ";;q=x,,é"}, "", "en"),
        ({"Accept-Language": "de", "Cookie": "singr_language=ja"}, "", "ja"),
        ({"Accept-Language": "de", "Cookie": "singr_language=ja"}, "?lang=ar", "ar"),
        ({"Accept-Language": "de", "Cookie": "singr_language=xx"}, "?lang=../en", "de"),
    ],
)
def test_a_visitor_is_spoken_to_as_chosen_or_as_the_browser_asks(headers: dict[str, str], query: str, tag: str) -> None:
    assert language_of(make_mocked_request("GET", f"/{query}", headers)).tag == tag


@pytest.mark.parametrize(
    ("tag", "n", "text"),
    [
        ("en", 1, "1 song"),
        ("fr", 0, "0 chanson"),
        ("ja", 1, "1曲"),
        ("ar", 2, "أغنيتان"),
        ("ar", 11, "11 أغنية"),
    ],
)
def test_numbers_take_the_form_their_language_wants(tag: str, n: int, text: str) -> None:
    assert say(of_page("singer", LANGUAGES[tag]), "found", n=n) == text


async def test_a_chosen_language_is_kept(house: House) -> None:
    page = "/v/test-karaoke-bar"
    async with house.client.get(page, params={"lang": "ar"}) as answer:
        text = await answer.text()
        assert '<html lang="ar" dir="rtl"' in text
    async with house.client.get(f"{page}/screen") as answer:
        assert "امسح الرمز لتغني" in await answer.text()


async def test_what_is_no_language_of_ours_is_not_kept(house: House) -> None:
    given: dict[str, Any] = {"params": {"lang": "tlh"}, "headers": {"Accept-Language": "de"}}
    async with house.client.get("/v/test-karaoke-bar", **given) as answer:
        assert "singr_language" not in answer.cookies
        assert '<html lang="de" dir="ltr"' in await answer.text()
