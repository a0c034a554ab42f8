"""Songs and venues a singer likes: kept as themselves, found in tonight's book, never another's to touch."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from singr.singers import favorites
from tests.house import House
from tests.singers.stage import SECOND_VENUE, own, singer

SONGS, VENUES = "/v1/singer/favorites/songs", "/v1/singer/favorites/venues"


async def keep(house: House, who: dict[str, str], **song: Any) -> dict[str, Any]:
    status, kept = await house.call("POST", SONGS, json={"artist": "Beyoncé", "title": "Halo"} | song, headers=who)
    assert status == 201, kept
    return dict(kept)


async def test_a_song_is_kept_once_with_the_key_last_given(house: House) -> None:
    bo = await singer(house)
    first = await keep(house, bo, keyChange=-2)
    again = await keep(house, bo, artist="BEYONCE", title="halo!", keyChange=1)
    assert again["id"] == first["id"]
    (row,) = await own(house, bo, "favorites/songs")
    assert (row["keyChange"], "songId" in row) == (1, False)


async def test_whoever_keeps_too_many_songs_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(favorites, "SONGS_MAX", 1)
    bo = await singer(house)
    await keep(house, bo)
    status, problem = await house.call("POST", SONGS, json={"artist": "Toto", "title": "Africa"}, headers=bo)
    assert (status, problem["detail"]) == (409, "you keep 1 songs: let one go first")
    await keep(house, bo, keyChange=2)


async def test_a_favourite_is_found_in_tonights_book_also_after_a_sync(house: House) -> None:
    bo = await singer(house)
    await keep(house, bo, artist="beyonce", title="HALO")
    await keep(house, bo, artist="Nobody", title="Never")
    song = "SELECT songdb_id FROM songdb WHERE title = 'Halo'"
    here = "favorites/songs?venue=test-karaoke-bar"
    assert [row["songId"] for row in await own(house, bo, here)] == [None, await house.value(song)]
    # What a sync does: every line of the book is another one.
    await house.value("DELETE FROM songdb WHERE title = 'Halo' RETURNING 1")
    assert [row["songId"] for row in await own(house, bo, here)] == [None, None]
    await house.value(
        "INSERT INTO songdb (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined)"
        " SELECT customer_profiles_id, 1, 'Beyoncé', 'Halo', 'Beyoncé - Halo', 'beyonce halo' FROM venues RETURNING 1"
    )
    assert [row["songId"] for row in await own(house, bo, f"{here}&available=true")] == [await house.value(song)]
    assert [row["title"] for row in await own(house, bo, f"{here}&available=false")] == ["Never"]
    assert (await house.call("GET", f"{SONGS}?available=true", headers=bo))[0] == 422
    assert (await house.call("GET", f"{SONGS}?venue=nowhere", headers=bo))[0] == 404


async def test_another_singers_favourites_are_not_found(house: House) -> None:
    bo, cy = await singer(house, "Bo"), await singer(house, "Cy")
    kept = await keep(house, bo)
    await house.call("POST", VENUES, json={"venue": "test-karaoke-bar"}, headers=bo)
    venue_id = await house.venue_id()
    assert await own(house, cy, "favorites/songs") == await own(house, cy, "favorites/venues") == []
    assert (await house.call("DELETE", f"{SONGS}/{kept['id']}", headers=cy))[0] == 404
    assert (await house.call("DELETE", f"{VENUES}/{venue_id}", headers=cy))[0] == 404
    assert (await house.call("DELETE", f"{SONGS}/{kept['id']}", headers=bo))[0] == 204
    assert (await house.call("DELETE", f"{VENUES}/{venue_id}", headers=bo))[0] == 204
    assert (await house.call("DELETE", f"{SONGS}/{kept['id']}", headers=bo))[0] == 404


async def test_venues_are_kept_by_name_or_id_and_listed_newest_first(house: House) -> None:
    second = await house.value(SECOND_VENUE)
    bo = await singer(house)
    for _ in range(2):
        status, kept = await house.call("POST", VENUES, json={"venue": "test-karaoke-bar"}, headers=bo)
        assert (status, kept["urlName"], kept["city"]) == (201, "test-karaoke-bar", "Nashville")
    await house.call("POST", VENUES, json={"venueId": second}, headers=bo)
    rows = await own(house, bo, "favorites/venues")
    assert [row["urlName"] for row in rows] == ["second", "test-karaoke-bar"]
    assert rows[0]["id"] == second
    _, page = await house.call("GET", f"{VENUES}?limit=1", headers=bo)
    _, rest = await house.call("GET", f"{VENUES}?cursor={page['nextCursor']}", headers=bo)
    assert [row["urlName"] for row in page["items"] + rest["items"]] == ["second", "test-karaoke-bar"]
    assert (await house.call("POST", VENUES, json={"venueId": str(uuid4())}, headers=bo))[0] == 404


async def test_a_repeated_call_keeps_nothing_twice(house: House) -> None:
    bo = await singer(house) | {"Idempotency-Key": "tap"}
    assert await keep(house, bo) == await keep(house, bo)
