"""How an ended sync becomes the book: without comparing all with all, within the answer, or by whoever comes next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from singr.core.actor import SYSTEM
from singr.core.errors import UpstreamUnavailable
from singr.http.call import Call
from singr.infra.postgres import Transaction
from singr.songs import book, generations, jobs
from tests.house import House
from tests.openkj import library
from tests.songs.test_generations import document, newest, statuses

VERSIONS = "SELECT string_agg(concat_ws(' ', songdb_id, xmin, xmax), ',' ORDER BY songdb_id) FROM songdb"


async def sync(call: Call, tenant: UUID, songs: list[library.Song]) -> None:
    await generations.open_generation(call, tenant, 1)
    for part in library.documents_of_agent(songs):
        await generations.add_document(call, tenant, 1, part)


def nodes(plan: dict[str, Any]) -> Iterator[str]:
    yield f"{plan['Node Type']} {plan.get('Join Type', '')}".strip()
    for part in plan.get("Plans", ()):
        yield from nodes(part)


async def test_songs_nobody_has_counted_are_not_compared_each_with_each(
    call: Call, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    joins: set[str] = set()
    publish = generations.PUBLISH

    async def explained(tx: Transaction, **given: Any) -> int:
        args = [given[name] for name in publish.query.params]
        ((found,),) = await tx.fetch(f"EXPLAIN (FORMAT JSON) {publish.query.text}", args)
        joins.update(nodes(found[0]["Plan"]))
        return await publish(tx, **given)

    monkeypatch.setattr(generations, "PUBLISH", explained)
    for _ in range(2):
        await sync(call, tenant, library.of(1_500))
    assert any("Anti" in join for join in joins)
    assert not [join for join in joins if join == "Nested Loop Anti"]
    assert await book.count(call.kit.db, tenant, 1) == 1_500


async def test_a_book_that_comes_again_is_not_written_again(house: House, call: Call, tenant: UUID) -> None:
    songs = library.of(1_500)
    await sync(call, tenant, songs)
    before = await house.value(VERSIONS)
    await sync(call, tenant, songs)
    assert await house.value(VERSIONS) == before


async def _away(*_: Any) -> None:
    raise UpstreamUnavailable("the database does not answer")


async def _hanging(*_: Any) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("publishing", [_away, _hanging])
async def test_what_could_not_be_published_in_the_answer_is_left_to_a_job_at_once(
    publishing: Any, call: Call, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await generations.open_generation(call, tenant, 1)
    with monkeypatch.context() as patch:
        patch.setattr(generations, "publish_locked", publishing)
        patch.setattr(generations, "ANSWER_WITHIN_S", 0.2)
        report = await generations.add_document(call, tenant, 1, document(("A", "B")))
    assert (report.added, await statuses(call.kit)) == (1, ["open"])
    number = await newest(call.kit)
    assert await call.kit.jobs.saq.job(f"publish:{number}:1")
    await jobs.publish_generation(call.kit, tenant=str(tenant), generation=number)
    assert await book.count(call.kit.db, tenant, 1) == 1


async def test_an_ended_sync_is_swept_up_without_waiting_for_silence(
    call: Call, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await generations.open_generation(call, tenant, 1)
    await generations.add_document(call, tenant, 1, document(*library.of(1000)))
    await jobs.publish_quiet_generations(call.kit)
    assert await statuses(call.kit) == ["open"]
    with monkeypatch.context() as patch:
        patch.setattr(generations, "publish_locked", _away)
        await generations.add_document(call, tenant, 1, [])
    await jobs.publish_quiet_generations(call.kit)
    assert await statuses(call.kit) == ["published"]


async def test_another_tenants_sync_is_out_of_reach(call: Call, tenant: UUID) -> None:
    await generations.open_generation(call, tenant, 1)
    await generations.add_document(call, tenant, 1, document(*library.of(1000)))
    number, other = await newest(call.kit), {"tenant": uuid4()}
    assert not await generations.publish(call, other["tenant"], number)
    assert not await generations.discard(call, other["tenant"], number)
    async with call.kit.db.transaction(SYSTEM) as tx:
        await generations.CLOSE(tx, **other, generation=number, status="discarded", songs_after=None)
        await generations.HOLD(tx, **other, generation=number)
        await generations.DROP(tx, **other, generation=number)
        assert await jobs.STAGED(tx, tenant=tenant, generation=number) == 1000
        assert await jobs.STAGED(tx, **other, generation=number) == 0
    assert await statuses(call.kit) == ["open"]


async def test_documents_lock_songs_in_one_order(call: Call, tenant: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[list[str]] = []

    async def merged(_tx: Transaction, **given: Any) -> int:
        orders.append(given["normalized"])
        return 0

    monkeypatch.setattr(generations, "MERGE", merged)
    songs = document(("C", "1"), ("A", "2"), ("B", "3"))
    for given in (songs, songs[::-1]):
        await generations.add_document(call, tenant, 1, given)
    assert orders == [["a 2", "b 3", "c 1"]] * 2


async def test_finished_syncs_are_forgotten_but_for_the_newest_and_the_recent(
    house: House, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.value(
        "INSERT INTO song_generations (customer_profiles_id, openkj_system_id, status, songs_after, closed_at)"
        " SELECT $1, CASE WHEN n <= 2 THEN 3 ELSE 1 + n % 2 END, CASE WHEN n = 5 THEN 'held' ELSE 'published' END, n,"
        "        now() - CASE WHEN n = 1 THEN interval '91 days' ELSE interval '1 day' END"
        " FROM generate_series(1, 120) AS n",
        tenant,
    )
    monkeypatch.setattr(jobs, "FORGET_MAX", 5)
    await jobs.forget_old_syncs(house.kit)
    kept = await house.value("SELECT array_agg(songs_after ORDER BY songs_after) FROM song_generations")
    assert kept == [2, 5, *range(21, 121)]
