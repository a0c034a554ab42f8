"""What the database itself guarantees about the queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.schema import rows
from tests.schema.rows import Link


@pytest.fixture
async def customer(link: Link) -> UUID:
    return await rows.customer(link)


@pytest.fixture
async def venue(link: Link, customer: UUID) -> UUID:
    return await rows.venue(link, customer)


async def test_a_venue_is_born_with_a_stream(link: Link, venue: UUID) -> None:
    stream = await link.fetchrow("SELECT epoch, version FROM venue_streams WHERE venues_id = $1", venue)
    assert len(bytes.fromhex(stream["epoch"])) == 6
    assert stream["version"] == 0


async def test_two_venues_have_different_epochs(link: Link, customer: UUID) -> None:
    for number in (1, 2):
        await rows.venue(link, customer, number)
    assert await link.fetchval("SELECT count(DISTINCT epoch) FROM venue_streams") == 2


async def test_a_customer_is_born_with_a_serial_openkj_can_read(link: Link, customer: UUID) -> None:
    state = await link.fetchrow(
        "SELECT serial, last_request_number FROM state WHERE customer_profiles_id = $1", customer
    )
    assert tuple(state) == (1, 0)


@pytest.mark.parametrize("serial", [-1, 0, 2147483648])
async def test_a_serial_openkj_cannot_read_is_refused(link: Link, customer: UUID, serial: int) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="state_serial_check"):
        await link.execute("UPDATE state SET serial = $1 WHERE customer_profiles_id = $2", serial, customer)


@pytest.mark.parametrize("serial", [1, 2147483647])
async def test_the_first_and_the_last_serial_are_taken(link: Link, customer: UUID, serial: int) -> None:
    await link.execute("UPDATE state SET serial = $1 WHERE customer_profiles_id = $2", serial, customer)
    assert await link.fetchval("SELECT serial FROM state WHERE customer_profiles_id = $1", customer) == serial


@pytest.mark.parametrize(
    "given",
    [
        {"status": "pending", "processed": True},
        {"status": "processed", "processed": False},
        {"status": "rejected", "processed": False},
    ],
)
async def test_status_and_processed_cannot_disagree(link: Link, venue: UUID, given: dict[str, Any]) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="requests_processed_check"):
        await rows.request(link, venue, 1, **given)


@pytest.mark.parametrize(("column", "value"), [("status", "lost"), ("processed_via", "fax")])
async def test_unknown_words_are_refused(link: Link, venue: UUID, column: str, value: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=f"requests_{column}_check"):
        await rows.request(link, venue, 1, processed=True, **{"status": "processed", column: value})


async def test_a_number_is_given_once_per_customer(link: Link, customer: UUID, venue: UUID) -> None:
    await rows.request(link, venue, 1)
    other = await rows.venue(link, customer, 1002)
    with pytest.raises(asyncpg.UniqueViolationError, match="request_number_key"):
        await rows.request(link, other, 1)
    await rows.request(link, await rows.venue(link, await rows.customer(link)), 1)


SAME = {"device_id": "d1", "song_fingerprint": "queen innuendo"}


async def test_a_device_waits_once_for_a_song(link: Link, venue: UUID) -> None:
    await rows.request(link, venue, 1, **SAME)
    with pytest.raises(asyncpg.UniqueViolationError, match="requests_one_pending_per_device"):
        await rows.request(link, venue, 2, **SAME)


@pytest.mark.parametrize(
    "different",
    [
        {"duplicate_allowed": True},
        {"device_id": "d2"},
        {"device_id": None},
        {"song_fingerprint": "queen bicycle race"},
        {"status": "withdrawn", "processed": True},
    ],
)
async def test_another_device_or_song_or_a_confirmed_repeat_may_wait_too(
    link: Link, venue: UUID, different: dict[str, Any]
) -> None:
    await rows.request(link, venue, 1, **SAME)
    await rows.request(link, venue, 2, **{**SAME, **different})


async def test_a_system_has_one_sync_at_work(link: Link, customer: UUID) -> None:
    begin = "INSERT INTO song_generations (customer_profiles_id, openkj_system_id, status) VALUES ($1, $2, $3)"
    await link.execute(begin, customer, 1, "held")
    for system, status in ((2, "open"), (1, "published"), (1, "discarded")):
        await link.execute(begin, customer, system, status)
    with pytest.raises(asyncpg.UniqueViolationError, match="song_generations_one_at_work"):
        await link.execute(begin, customer, 1, "open")


async def test_the_platform_has_a_branding_profile_of_a_name_once(link: Link) -> None:
    profile = "INSERT INTO branding_profiles (owner_type, name) VALUES ('platform', 'Singr Default')"
    await link.execute(profile)
    with pytest.raises(asyncpg.UniqueViolationError, match="branding_profiles_owner_type_owner_id_name_key"):
        await link.execute(profile)
