"""The pages' files: immutable under hashed names, and nothing in them that the pages' policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from singr.web import assets, bundle
from singr.web.markup import FOLDER as TEMPLATES
from singr.web.words import TABLES
from tests.house import House

SCRIPTS = sorted(assets.FOLDER.rglob("*.js"))
# The name of SVG looks like an address, but nobody is called there.
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://(?!www\.w3\.org/2000/svg\")\w"
)
# What a call of `say` names: a text, or one of two.
KEYS = re.compile(r'^"(\w+)"|\? "(\w+)" : "(\w+)"')
each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)


async def test_a_hashed_name_may_be_kept_for_ever_and_another_hash_may_not(house: House) -> None:
    url = assets.ASSETS["singer/singer.js"].url
    async with house.client.get(url) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/javascript"
        assert "immutable" in answer.headers["Cache-Control"]
        body = await answer.read()
    async with house.client.get("/static/singer-singer.000000000000.js") as other:
        assert other.headers["Cache-Control"] == "no-store"
        assert await other.read() == body
    for nothing in ("/static/nothing.js", "/static/..%2fassets.py"):
        assert (await house.call("GET", nothing))[0] == 404


async def test_a_page_needs_two_files_and_its_live_connection(house: House) -> None:
    async with house.client.get("/v/test-karaoke-bar") as answer:
        head = (await answer.text()).partition("</head>")[0]
    assert re.findall(r'(?:src|href)="(/[^"]+)"', head) == [
        assets.ASSETS["icon.svg"].url,
        assets.ASSETS["singer/singer.js"].url,
    ]


def test_a_changed_module_changes_the_name_of_the_page_that_needs_it(tmp_path: Path) -> None:
    (tmp_path / "part.js").write_text("export const one = 1;\n")
    (tmp_path / "page.js").write_text('import { one } from "./part.js";\n')
    before = assets.load(tmp_path)
    (tmp_path / "part.js").write_text("export const one = 2;\n")
    after = assets.load(tmp_path)
    assert set(before) == {"page.js"}
    assert before["page.js"].url != after["page.js"].url


def test_modules_are_joined_in_the_order_they_need_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('export const name = "a";\nconst hidden = 1;\n')
    (tmp_path / "b.js").write_text(
        'import { name as of } from "./a.js";\n// Why.\nexport function tell() {\n  return of;\n}\n'
    )
    page = tmp_path / "page.js"
    page.write_text('import { name } from "./a.js";\nimport { tell } from "./b.js";\nawait tell(name);\n')
    assert bundle.joined(page, tmp_path) == (
        'const $a = (() => {\nconst name = "a";\nconst hidden = 1;\nreturn { name };\n})();\n'
        "const $b = (() => {\nconst { name: of } = $a;\nfunction tell() {\n  return of;\n}\nreturn { tell };\n})();\n"
        "const { name } = $a;\nconst { tell } = $b;\nawait tell(name);\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        'import one from "./other.js";',
        'import "./other.js";',
        "export default 1;",
        "export { one };",
        "export let one = 1;",
        'const one = await import("./other.js");',
        "const one = await import(told);",
        'import { one } from "./page.js";',
    ],
)
def test_what_cannot_be_joined_is_refused(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.js"
    page.write_text(f"{text}\n")
    with pytest.raises(ValueError, match=r"page\.js"):
        bundle.joined(page, tmp_path)


def test_a_part_that_is_fetched_later_gives_what_it_exports(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text("const part = await import(address);\npart.open();\n")
    (tmp_path / "part.js").write_text("export function open() {\n  return 1;\n}\n")
    assert bundle.joined(tmp_path / "page.js", tmp_path) == "const part = await import(address);\npart.open();\n"
    assert bundle.joined(tmp_path / "part.js", tmp_path) == "function open() {\n  return 1;\n}\nexport { open };\n"


@each_script
def test_scripts_put_text_in_as_text_and_call_nobody_else(script: Path) -> None:
    assert FORBIDDEN.findall(script.read_text("utf-8")) == []


@pytest.mark.parametrize("page", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_templates_hold_no_inline_code(page: Path) -> None:
    assert re.findall(r'<script>|\son\w+=|\sstyle="|https?://', page.read_text("utf-8")) == []


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_language_says_everything_the_scripts_ask_for(language: str) -> None:
    said = {page: set(words.texts) for page, words in TABLES[language].items()}
    for name, asset in assets.ASSETS.items():
        folder = name.partition("/")[0]
        lines = re.findall(r"(?<![\w.])say\((.*)", asset.body.decode())
        asked = {key for line in lines for found in KEYS.findall(line) for key in found if key}
        assert asked <= said.get(folder, set()), name
    assert said == {page: set(words.texts) for page, words in TABLES["en"].items()}
