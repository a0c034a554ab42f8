"""What the public is told comes from the cache, and is never older than what was done here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from singr.http.call import Call
from singr.songs import generations
from tests.house import VENUE, House


async def titles(house: House, path: str) -> list[str]:
    _, page = await house.call("GET", path)
    return [item.get("title") or item["name"] for item in page["items"]]


@pytest.fixture
def asked(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that went to the database."""
    texts: list[str] = []
    fetch = type(house.kit.db).fetch

    async def counted(self: Any, text: str, args: Any) -> Any:
        texts.append(text)
        return await fetch(self, text, args)

    monkeypatch.setattr(type(house.kit.db), "fetch", counted)
    return texts


async def test_the_public_asks_the_database_once(house: House, asked: list[str]) -> None:
    paths = ["/v1/public/venues", VENUE, f"{VENUE}/qr.svg"]
    paths += [f"{VENUE}/{what}" for what in ("songs", "songs?q=q", "songs/new", "songs/top", "artists")]
    for path in paths:
        await house.client.get(path)
        await house.client.get(path)
        del asked[:]
        async with house.client.get(path) as answer:
            assert answer.status == 200
            etag = answer.headers["ETag"]
            assert "stale-while-revalidate" in answer.headers["Cache-Control"]
        assert len(asked) <= (1 if "/songs" in path or "/artists" in path else 0), path
        async with house.client.get(path, headers={"If-None-Match": etag}) as again:
            assert again.status == 304, path


async def test_a_published_book_is_searched_at_once(house: House, call: Call, tenant: UUID) -> None:
    assert await titles(house, f"{VENUE}/songs?q=zz") == []
    await generations.add_document(call, tenant, 1, [{"artist": "ZZ Top", "title": "Legs"}])
    assert await titles(house, f"{VENUE}/songs?q=zz") == ["Legs"]
    assert "ZZ Top" in await titles(house, f"{VENUE}/artists?letter=Z")
    await generations.open_generation(call, tenant, 1)
    await generations.add_document(call, tenant, 1, [{"artist": "Zaz", "title": "Je veux"}])
    assert await titles(house, f"{VENUE}/songs?q=zz") == []
    assert await titles(house, f"{VENUE}/artists") == ["Zaz"]


async def test_a_venue_that_opens_closes_or_moves_is_told_at_once(house: House) -> None:
    host, path = await house.sign_in(), f"/v1/customer/venues/{await house.venue_id()}"
    for changed in ({"acceptingRequests": False}, {"name": "Other"}, {"address": "2 Side Street"}):
        for _ in range(2):
            await house.call("GET", VENUE)
            await house.call("GET", "/v1/public/venues")
        assert (await house.call("PATCH", path, json=changed, headers=host))[0] == 200
        _, venue = await house.call("GET", VENUE)
        _, page = await house.call("GET", "/v1/public/venues")
        for told in (venue, page["items"][0]):
            assert {name: told[name] for name in changed} == changed
    assert (await house.call("DELETE", f"{path}?confirm", headers=host))[0] == 204
    assert (await house.call("GET", VENUE))[0] == 404
    assert (await house.call("GET", "/v1/public/venues"))[1]["items"] == []


async def test_a_request_counts_at_once(house: House) -> None:
    for waiting in range(3):
        for _ in range(2):
            assert (await house.call("GET", VENUE))[1]["stats"]["waiting"] == waiting
        await house.ask(singerName=f"Ann {waiting}", title=f"Song {waiting}")


async def test_a_venue_that_turns_to_another_system_has_its_book(house: House, call: Call, tenant: UUID) -> None:
    host, path = await house.sign_in(), f"/v1/customer/venues/{await house.venue_id()}"
    await house.call("POST", "/v1/customer/systems", json={"name": "B"}, headers=host)
    await generations.add_document(call, tenant, 2, [{"artist": "ZZ Top", "title": "Legs"}])
    assert await titles(house, f"{VENUE}/songs?q=zz") == []
    await house.call("PATCH", path, json={"currentSystemId": 2}, headers=host)
    assert await titles(house, f"{VENUE}/songs?q=zz") == ["Legs"]
