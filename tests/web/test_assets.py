"""The pages' files: immutable under hashed names, and nothing in them that the pages' policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from singr.web import assets
from singr.web.markup import FOLDER as TEMPLATES
from singr.web.words import TABLES
from tests.house import House

SCRIPTS = sorted(assets.FOLDER.rglob("*.js"))
FORBIDDEN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://\w")
each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)


async def test_a_hashed_name_may_be_kept_for_ever_and_another_hash_may_not(house: House) -> None:
    url = assets.ASSETS["live/live.js"].url
    async with house.client.get(url) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/javascript"
        assert "immutable" in answer.headers["Cache-Control"]
        body = await answer.read()
    async with house.client.get("/static/live-live.000000000000.js") as other:
        assert other.headers["Cache-Control"] == "no-store"
        assert await other.read() == body
    for nothing in ("/static/nothing.js", "/static/..%2fassets.py"):
        assert (await house.call("GET", nothing))[0] == 404


async def test_every_import_of_every_module_is_served(house: House) -> None:
    for asset in assets.ASSETS.values():
        found = re.findall(r'from "([^"]+)"', asset.body.decode())
        assert set(found) <= set(asset.imports)
        for url in found:
            assert (await house.client.get(url)).status == 200


def test_a_changed_module_changes_the_names_of_those_that_need_it(tmp_path: Path) -> None:
    (tmp_path / "part.js").write_text("export const one = 1;")
    (tmp_path / "whole.js").write_text('import { one } from "./part.js";\n')
    before = assets.load(tmp_path)
    (tmp_path / "part.js").write_text("export const one = 2;")
    after = assets.load(tmp_path)
    assert before["whole.js"].imports == (before["part.js"].url,)
    assert before["whole.js"].url != after["whole.js"].url


@each_script
def test_scripts_put_text_in_as_text_and_call_nobody_else(script: Path) -> None:
    assert FORBIDDEN.findall(script.read_text("utf-8")) == []


@pytest.mark.parametrize("page", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_templates_hold_no_inline_code(page: Path) -> None:
    assert re.findall(r'<script>|\son\w+=|\sstyle="|https?://', page.read_text("utf-8")) == []


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_language_says_everything_the_scripts_ask_for(language: str) -> None:
    said = {page: set(words.texts) for page, words in TABLES[language].items()}
    for folder, page in (("singer", "singer"), ("screen", "screen")):
        for script in (assets.FOLDER / folder).glob("*.js"):
            asked = set(re.findall(r'\bsay\("(\w+)"', script.read_text("utf-8")))
            assert asked <= said[page], script.name
    assert said == {page: set(words.texts) for page, words in TABLES["en"].items()}
