"""What is counted by night equals a plain count, whatever changes late, is done twice or dies half-way."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from singr.analytics import counting
from singr.core.errors import UpstreamUnavailable
from tests.analytics.nights import Asked, counted, plainly, recount, settle, some, write
from tests.databases import WAITING
from tests.house import SONG, House

ZONE = "America/New_York"
DEADLINE_S = 20


async def venues_of(house: House) -> list[Any]:
    body, headers = {"name": "Second"}, await house.sign_in()
    await house.call("POST", "/v1/customer/venues", json=body, headers=headers)
    return list(await house.value("SELECT array_agg(venues_id ORDER BY openkj_venue_id) FROM venues"))


@pytest.mark.parametrize("seed", range(3))
async def test_counts_equal_a_plain_count_also_after_late_changes(seed: int, house: House) -> None:
    venues, chance = await venues_of(house), random.Random(seed)
    asked: list[Asked] = []
    for turn in range(4):
        more = some(seed * 10 + turn, venues, 1 + len(asked), 60)
        asked += more
        await write(house, more)
        await recount(house)
        for late in (changed := chance.sample(asked, 15)):
            late.status = chance.choice(("pending", "processed", "rejected", "withdrawn"))
        await settle(house, changed)
        await recount(house)
        assert await counted(house) == plainly(asked, ZONE)
    await recount(house)
    assert await counted(house) == plainly(asked, ZONE)


async def test_nothing_is_counted_again_where_nothing_has_changed(house: House) -> None:
    await write(house, some(1, await venues_of(house), 1, 20))
    await recount(house)
    marks = "SELECT string_agg(xmin::text, ' ' ORDER BY night, hour) FROM venue_night_hours"
    before = await house.value(marks)
    await recount(house)
    assert await house.value(marks) == before
    assert await house.value("SELECT count(*) FROM audit_logs WHERE table_name LIKE 'venue_night%'") == 0


async def test_another_time_zone_counts_all_nights_anew(house: House) -> None:
    asked = some(2, await venues_of(house), 1, 40)
    await write(house, asked)
    for zone, known in (("Asia/Tokyo", "Asia/Tokyo"), ("Nowhere/Land", "UTC"), ("Europe/Berlin", "Europe/Berlin")):
        await house.value("UPDATE customer_profiles SET timezone = $1 RETURNING 1", zone)
        await recount(house)
        assert await counted(house) == plainly(asked, known)
    await house.value("UPDATE venues SET time_zone = 'Pacific/Kiritimati' RETURNING 1")
    await recount(house)
    assert await counted(house) == plainly(asked, "Pacific/Kiritimati")


@pytest.mark.parametrize(
    ("at", "night", "hour"),
    [
        ("2026-11-01T05:30Z", "2026-10-31", 1),  # 01:30 before the clocks are put back
        ("2026-11-01T06:30Z", "2026-10-31", 1),  # 01:30 again, an hour later
        ("2026-11-01T09:59Z", "2026-10-31", 4),
        ("2026-11-01T10:00Z", "2026-11-01", 5),
        ("2026-03-08T06:59Z", "2026-03-07", 1),  # a minute before the clocks are put forward
        ("2026-03-08T07:00Z", "2026-03-07", 3),
        ("2026-03-08T08:59Z", "2026-03-07", 4),
        ("2026-03-08T09:00Z", "2026-03-08", 5),
        ("2026-07-05T05:30Z", "2026-07-04", 1),
    ],
)
async def test_a_night_belongs_to_the_day_it_began_also_when_clocks_change(
    at: str, night: str, hour: int, house: House
) -> None:
    (venue,) = await house.value("SELECT array_agg(venues_id) FROM venues")
    when = datetime.fromisoformat(at).astimezone(UTC)
    await write(house, [Asked(venue, 1, "Ann", "A", "processed", when, 60)])
    await recount(house)
    assert await house.value("SELECT night FROM venue_night_hours") == date.fromisoformat(night)
    assert await house.value("SELECT hour FROM venue_night_hours") == hour


async def test_two_that_count_at_once_count_once(house: House) -> None:
    asked = some(3, await venues_of(house), 1, 50)
    await write(house, asked)
    await asyncio.gather(*(recount(house) for _ in range(3)))
    assert await counted(house) == plainly(asked, ZONE)


async def test_whoever_dies_while_counting_leaves_nothing_half_done(house: House) -> None:
    """Its connection is cut between the first table and the last."""
    (venue,) = await house.value("SELECT array_agg(venues_id) FROM venues")
    asked = some(4, [venue], 1, 30)
    await write(house, asked)
    url = house.kit.settings.database_url
    blocking, looking = [await asyncpg.connect(url, timeout=10) for _ in range(2)]
    held = blocking.transaction()
    await held.start()
    nights = sorted({place[1] for place in plainly(asked, ZONE)[2]})
    await blocking.execute("INSERT INTO venue_night_singers VALUES ($1, $2, 'ann', '', 0, 0)", venue, nights[0])
    await blocking.execute("INSERT INTO venue_night_singers VALUES ($1, $2, 'ben', '', 0, 0)", venue, nights[0])
    await blocking.execute("INSERT INTO venue_night_singers VALUES ($1, $2, 'zoë', '', 0, 0)", venue, nights[0])
    await blocking.execute("INSERT INTO venue_night_singers VALUES ($1, $2, '山田', '', 0, 0)", venue, nights[0])
    dying = asyncio.create_task(counting.count(house.kit, venue))
    cut = f"SELECT pg_terminate_backend(pid) FROM ({WAITING}) AS one"  # noqa: S608
    async with asyncio.timeout(DEADLINE_S):
        while not await looking.fetchval(cut):
            await asyncio.sleep(0.01)
    with pytest.raises(UpstreamUnavailable):
        await dying
    await held.rollback()
    assert await counted(house) == ({}, {}, {}, 0)
    for link in (blocking, looking):
        await link.close(timeout=10)
    await recount(house)
    assert await counted(house) == plainly(asked, ZONE)


async def test_what_the_queue_does_is_counted(house: House) -> None:
    """Without a hand on the version: every way of changing a request moves it."""
    receipts = [await house.ask(title=title) for title in "ABC"]
    headers = await house.sign_in()
    await recount(house)
    for receipt, status in zip(receipts, ("processed", "rejected"), strict=False):
        await house.call("PATCH", f"/v1/customer/requests/{receipt['id']}", json={"status": status}, headers=headers)
    await house.call("DELETE", f"/v1/public/requests/{receipts[2]['trackingToken']}")
    entered = SONG | {"venueId": await house.venue_id()}
    await house.call("POST", "/v1/customer/requests", json=entered, headers=headers)
    await recount(house)
    told = "SELECT sum(requests) || '/' || sum(processed) || '/' || sum(rejected) || '/' || sum(withdrawn)"
    assert await house.value(f"{told} FROM venue_night_hours") == "4/1/1/1"
