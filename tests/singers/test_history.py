"""What a singer asked for stays, wherever it was, and goes out as a file."""

from __future__ import annotations

import csv
import io

import pytest

from tests.house import House
from tests.singers.stage import SECOND_VENUE, ask, own, singer


async def test_the_history_follows_what_becomes_of_a_request(house: House) -> None:
    bo = await singer(house)
    ids = {title: (await ask(house, bo, title=title))[1]["id"] for title in ("Sung", "Taken back", "Changed")}
    path, host = "/v1/customer/requests", await house.sign_in()
    await house.call("PATCH", f"{path}/{ids['Sung']}", json={"status": "processed"}, headers=host)
    await house.call("DELETE", f"/v1/singer/requests/{ids['Taken back']}", headers=bo)
    change = {"title": "Better", "keyChange": 3}
    await house.call("PATCH", f"/v1/singer/requests/{ids['Changed']}", json=change, headers=bo)
    rows = await own(house, bo, "history")
    assert [(row["title"], row["keyChange"], row["status"]) for row in rows] == [
        ("Better", 3, "pending"),
        ("Sung", 0, "processed"),
    ]
    kept = "SELECT count(*) FROM singer_request_history h JOIN requests r USING (requests_id, song_fingerprint)"
    assert await house.value(kept) == 2


async def test_a_guest_leaves_no_history(house: House) -> None:
    await house.ask()
    assert await house.value("SELECT count(*) FROM singer_request_history") == 0


async def test_the_history_is_asked_by_venue_and_time_page_by_page(house: House) -> None:
    await house.value(SECOND_VENUE)
    bo = await singer(house)
    for title in "ABC":
        await ask(house, bo, title=title)
    await ask(house, bo, venue="second", title="D")
    await ask(house, await singer(house, "Other"), title="Not mine")
    await house.value("UPDATE singer_request_history SET requested_at = '2024-01-01Z' WHERE title = 'A' RETURNING 1")
    titles = [row["title"] for row in await own(house, bo, "history")]
    assert titles == ["D", "C", "B", "A"]
    assert [row["title"] for row in await own(house, bo, "history?venue=second")] == ["D"]
    assert [row["title"] for row in await own(house, bo, "history?to=2024-01-02T00:00:00Z")] == ["A"]
    assert [row["title"] for row in await own(house, bo, "history?from=2024-01-02T00:00:00Z")] == ["D", "C", "B"]
    seen, path = [], "/v1/singer/history?limit=1"
    cursor = ""
    while True:
        _, page = await house.call("GET", path + cursor, headers=bo)
        seen += [row["title"] for row in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == titles


async def test_the_history_goes_out_as_csv_and_json(house: House) -> None:
    bo = await singer(house)
    await ask(house, bo, artist="=HYPERLINK()", title="Ünïcode")
    async with house.client.get("/v1/singer/history/export.csv", headers=bo) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="history.csv"'
        (row,) = csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig")))
    assert (row["artist"], row["title"], row["venue_name"]) == ("'=HYPERLINK()", "Ünïcode", "Test Karaoke Bar")
    async with house.client.get("/v1/singer/history/export.json", headers=bo) as answer:
        (line,) = await answer.json()
    assert (line["artist"], line["status"]) == ("=HYPERLINK()", "pending")


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyIyMDI0IiwieCJd"])
async def test_a_made_up_cursor_is_told(cursor: str, house: House) -> None:
    bo = await singer(house)
    for path in ("history", "favorites/songs", "favorites/venues", "requests"):
        status, _ = await house.call("GET", f"/v1/singer/{path}?cursor={cursor}", headers=bo)
        assert status in (200, 422) if path == "requests" else status == 422, path
