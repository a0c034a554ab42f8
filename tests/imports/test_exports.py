"""A book as a file: whole, harmless in a spreadsheet, and the same book when it comes back."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import aiohttp
import pytest

from singr.core.errors import UpstreamUnavailable
from singr.imports import exports
from tests.house import House
from tests.imports.files import book, brought, counts, lines, many

CSV, JSON = (f"/v1/customer/systems/1/songs/export.{kind}" for kind in ("csv", "json"))
TRICKY = [{"artist": "=1+1", "title": '@"x", y'}, {"artist": "+44", "title": "-"}, {"artist": "'", "title": "Ölfuß\n2"}]


async def fetch(house: House, path: str) -> bytes:
    async with house.client.get(path, headers=await house.sign_in()) as answer:
        assert answer.status == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        return await answer.read()


async def test_the_whole_book_comes_in_order(host: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SONGS_AT_ONCE", 7)
    for count in (21, 24):
        await brought(host, lines(many(count)), mode="replace")
        wanted = sorted(many(count))
        rows = list(csv.reader(io.StringIO((await fetch(host, CSV)).decode("utf-8-sig"))))
        assert rows[0] == ["artist", "title"]
        assert [tuple(row) for row in rows[1:]] == wanted
        assert [(song["artist"], song["title"]) for song in json.loads(await fetch(host, JSON))] == wanted


async def test_an_empty_book_is_an_empty_file(host: House) -> None:
    assert (await fetch(host, CSV)).decode("utf-8-sig") == "artist,title\r\n"
    assert json.loads(await fetch(host, JSON)) == []


async def test_no_cell_is_a_formula_and_the_file_brings_the_same_book_back(host: House) -> None:
    await brought(host, json.dumps(TRICKY).encode())
    before = await book(host)
    table, array = await fetch(host, CSV), await fetch(host, JSON)
    cells = [cell for row in csv.reader(io.StringIO(table.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    for file in (table, array):
        assert counts(await brought(host, file, mode="replace")) == (3, 0, 0, 3, 0, 0, 0)
    assert await book(host) == before


async def test_half_a_book_does_not_look_like_a_whole_one(host: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SONGS_AT_ONCE", 7)
    await brought(host, lines(many(20)))
    stretch, asked = exports.STRETCH, 0

    async def torn(db: Any, **given: Any) -> Any:
        nonlocal asked
        if (asked := asked + 1) == 2:
            raise UpstreamUnavailable("the database does not answer")
        return await stretch(db, **given)

    monkeypatch.setattr(exports, "STRETCH", torn)
    for path in (CSV, JSON):
        asked = 0
        with pytest.raises(aiohttp.ClientError):
            await fetch(host, path)


async def test_a_head_says_what_would_come(host: House) -> None:
    async with host.client.head(CSV, headers=await host.sign_in()) as answer:
        assert (answer.status, answer.content_type) == (200, "text/csv")
    status, _ = await host.call("GET", "/v1/customer/systems/9/songs/export.csv", headers=await host.sign_in())
    assert status == 404
