"""Syncs under pressure: jobs that settle them, two at once, and searches between any two steps."""

from __future__ import annotations

import asyncio
from uuid import UUID

from singr.core.settings import Settings
from singr.http.call import Call
from singr.infra.kit import Kit
from singr.songs import book, generations, jobs
from tests.house import House, opened
from tests.openkj import library

STATUSES = "SELECT status FROM song_generations ORDER BY song_generations_id"


def document(*songs: library.Song) -> list[dict[str, str]]:
    return [{"artist": artist, "title": title} for artist, title in songs]


async def statuses(kit: Kit) -> list[str]:
    return [row[0] for row in await kit.db.fetch(STATUSES, [])]


async def newest(kit: Kit) -> int:
    ((number,),) = await kit.db.fetch("SELECT max(song_generations_id) FROM song_generations", [])
    return int(number)


async def test_a_job_is_posted_with_the_clear_and_each_full_document(call: Call, tenant: UUID) -> None:
    await generations.open_generation(call, tenant, 1)
    for part in range(2):
        songs = document(*library.of(1000, tag=f"{part} "))
        await generations.add_document(call, tenant, 1, songs)
        await generations.add_document(call, tenant, 1, songs)
    saq = call.kit.jobs.saq
    assert await saq.count("incomplete") == 3
    number = await newest(call.kit)
    for documents in range(3):
        job = await saq.job(f"publish:{number}:{documents}")
        assert job
        assert (job.function, job.kwargs) == (
            "publish_generation",
            {"tenant": str(tenant), "generation": number},
        )


async def test_the_job_leaves_a_sync_that_goes_on(call: Call, tenant: UUID) -> None:
    await generations.open_generation(call, tenant, 1)
    await jobs.publish_generation(call.kit, tenant=str(tenant), generation=await newest(call.kit))
    assert await statuses(call.kit) == ["open"]


async def test_the_job_settles_a_quiet_sync_and_a_repetition_does_nothing(
    house: House, call: Call, tenant: UUID
) -> None:
    await generations.open_generation(call, tenant, 1)
    await generations.add_document(call, tenant, 1, document(*library.of(1000)))
    await house.value("UPDATE song_generations SET last_document_at = now() - interval '20 s'")
    number = await newest(call.kit)
    for _ in range(2):
        await jobs.publish_generation(call.kit, tenant=str(tenant), generation=number)
        assert await statuses(call.kit) == ["published"]
        assert await book.count(call.kit.db, tenant, 1) == 1000


async def test_two_processes_settle_one_sync_once(call: Call, tenant: UUID, settings: Settings) -> None:
    await generations.open_generation(call, tenant, 1)
    await generations.add_document(call, tenant, 1, document(*library.of(1000)))
    async with opened(settings) as other:
        await asyncio.gather(
            *(jobs.publish_quiet_generations(kit, quiet_s=0) for kit in (call.kit, other.kit, call.kit))
        )
    ((closed,),) = await call.kit.db.fetch(
        "SELECT count(*) FROM audit_logs WHERE table_name = 'song_generations' AND new_data->>'status' = 'published'",
        [],
    )
    assert closed == 1


async def test_two_clears_at_once_open_one_sync(call: Call, tenant: UUID) -> None:
    await asyncio.gather(*(generations.open_generation(call, tenant, 1) for _ in range(5)))
    assert (await statuses(call.kit)).count("open") == 1


async def test_the_same_document_twice_at_once_doubles_nothing(call: Call, tenant: UUID) -> None:
    songs = document(*library.of(1000))
    await generations.open_generation(call, tenant, 1)
    reports = await asyncio.gather(*(generations.add_document(call, tenant, 1, songs) for _ in range(2)))
    assert sorted(report.added for report in reports) == [0, 1000]
    await generations.add_document(call, tenant, 1, [])
    assert await book.count(call.kit.db, tenant, 1) == 1000


async def test_no_search_sees_less_than_one_whole_book(call: Call, tenant: UUID) -> None:
    """Two disjoint books of 500 take turns; every count meanwhile is 500."""
    books = [document(*library.of(500, tag=tag)) for tag in ("a ", "b ")]
    await generations.open_generation(call, tenant, 1)
    await generations.add_document(call, tenant, 1, books[0])
    ended = asyncio.Event()
    counts: list[int] = []

    async def count() -> None:
        while not ended.is_set():
            counts.append(await book.count(call.kit.db, tenant, 1))

    async with asyncio.TaskGroup() as group:
        group.create_task(count())
        try:
            for turn in range(6):
                await generations.open_generation(call, tenant, 1)
                await generations.add_document(call, tenant, 1, books[turn % 2])
        finally:
            ended.set()
    assert set(counts) == {500}


async def test_the_audit_log_names_who_synced_and_does_not_drown(call: Call, tenant: UUID) -> None:
    await generations.open_generation(call, tenant, 1)
    await generations.add_document(call, tenant, 1, document(*library.of(999)))
    lines = await call.kit.db.fetch(
        "SELECT operation, actor FROM audit_logs WHERE table_name = 'songdb' AND actor = 'system:singr'"
        " AND created_at > (SELECT max(opened_at) FROM song_generations)",
        [],
    )
    assert 1 <= len(lines) <= 3
