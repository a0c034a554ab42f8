"""`Idempotency-Key` on whatever creates: asked twice, done once, answered the same."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from singr import table
from singr.core.actor import SYSTEM
from singr.core.settings import Settings
from singr.http import replay
from singr.http.call import Call
from singr.http.guard import SIGNED_IN
from singr.http.route import Route
from singr.infra.limits import Rate
from singr.infra.whole import whole
from singr.systems import editing
from singr.systems.shapes import System, SystemName
from tests.house import House, opened

SYSTEMS, KEYS = "/v1/customer/systems", "/v1/customer/api-keys"
COUNT = "SELECT count(*) FROM systems"


async def post(house: House, path: str, key: str, **body: Any) -> tuple[int, Any, bool]:
    """Status, answer, and whether it was an earlier one."""
    headers = {"Idempotency-Key": key} | await house.sign_in()
    async with house.client.post(path, json=body, headers=headers) as answer:
        return answer.status, await answer.json(), "Idempotency-Replayed" in answer.headers


async def test_the_same_key_and_body_gives_the_first_answer_again(house: House) -> None:
    first = await post(house, SYSTEMS, "k", name="Left")
    assert first[::2] == (201, False)
    assert await post(house, SYSTEMS, "k", name="Left") == (201, first[1], True)
    assert await house.value(COUNT) == 2


async def test_another_body_under_the_same_key_is_a_conflict(house: House) -> None:
    await post(house, SYSTEMS, "k", name="Left")
    status, problem, _ = await post(house, SYSTEMS, "k", name="Right")
    assert (status, problem["title"]) == (409, "This Idempotency-Key was used for another request")
    assert await house.value(COUNT) == 2


async def test_a_key_counts_for_one_route(house: House) -> None:
    assert (await post(house, SYSTEMS, "k", name="Left"))[0] == 201
    assert (await post(house, KEYS, "k", description="Left"))[::2] == (201, False)


async def test_a_key_counts_for_one_person(house: House) -> None:
    await post(house, SYSTEMS, "k", name="Left")
    await house.value("UPDATE call_replays SET scope = replace(scope, 'user:', 'user:x')")
    assert (await post(house, SYSTEMS, "k", name="Left"))[::2] == (201, False)


async def test_a_key_that_is_shown_once_can_be_asked_for_again_and_is_stored_sealed(house: House) -> None:
    _, first, _ = await post(house, KEYS, "k", description="OpenKJ")
    _, again, earlier = await post(house, KEYS, "k", description="OpenKJ")
    assert (again["key"], earlier) == (first["key"], True)
    row = await house.value("SELECT encode(sealed, 'escape') || call_replays::text FROM call_replays")
    assert first["key"] not in row


async def test_of_many_at_once_one_is_done_and_all_are_told_the_same(house: House) -> None:
    await house.sign_in()
    answers = await asyncio.gather(*(post(house, SYSTEMS, "k", name="Left") for _ in range(6)))
    assert {status for status, _, _ in answers} == {201}
    assert len({answer["id"] for _, answer, _ in answers}) == 1
    assert sorted(earlier for _, _, earlier in answers) == [False] + [True] * 5
    assert await house.value(COUNT) == 2


async def test_whoever_waits_too_long_for_the_first_answer_is_told_to_come_back(house: House) -> None:
    await post(house, SYSTEMS, "k", name="Left")
    link = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    try:
        async with link.transaction():
            await link.execute("DELETE FROM call_replays")
            # Where a machine is so busy that another wait ends first, the call is made again, as clients do.
            async with asyncio.timeout(90):
                while (answer := await post(house, SYSTEMS, "k", name="Left"))[0] == 503:
                    await asyncio.sleep(1)
    finally:
        await link.close(timeout=10)
    status, problem, _ = answer
    assert (status, problem["title"]) == (409, replay.StillAnswering.title)
    assert await house.value(COUNT) == 2


async def test_a_problem_is_not_kept(house: House) -> None:
    assert (await post(house, SYSTEMS, "k", name=" "))[0] == 422
    assert (await post(house, SYSTEMS, "k", name="Left"))[::2] == (201, False)


async def test_after_a_day_a_key_is_new(house: House) -> None:
    await post(house, SYSTEMS, "k", name="Left")
    await house.value("UPDATE call_replays SET created_at = now() - interval '24 hours 1 second'")
    assert (await post(house, SYSTEMS, "k", name="Right"))[::2] == (201, False)


async def test_old_answers_are_forgotten(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.value(
        "INSERT INTO call_replays (scope, key, fingerprint, created_at)"
        " SELECT 'x', n, '', now() - n * interval '5 hours' FROM generate_series(1, 12) AS n"
    )
    monkeypatch.setattr(replay, "FORGET_MAX", 3)
    await replay.forget_replays(house.kit)
    assert await house.value("SELECT count(*) FROM call_replays") == 4


async def make_and_fail(call: Call, *, body: SystemName) -> System:
    """Fails after its work, the first time."""
    made = await editing.create(call, body=body)
    if body.name == "Left" and made.id == 2:
        raise RuntimeError("after the work")
    return made


async def test_a_call_that_fails_after_its_work_leaves_nothing(settings: Settings) -> None:
    row = Route("POST", "/v1/make", make_and_fail, may=SIGNED_IN, rate=Rate(9, per_s=60), body=SystemName,
                returns=System, status=201, replay=True)  # fmt: skip
    async with opened(settings, (*table.ROUTES, row)) as house:
        assert (await post(house, "/v1/make", "k", name="Left"))[0] == 500
        assert await house.value(COUNT) == 1
        assert await house.value("SELECT count(*) FROM call_replays") == 0


async def test_a_statement_that_fails_inside_undoes_only_itself(house: House) -> None:
    async with whole(house.kit, SYSTEM) as kit:
        with pytest.raises(asyncpg.UniqueViolationError):
            await kit.db.execute("INSERT INTO venue_streams SELECT * FROM venue_streams", [])
        await kit.db.execute("UPDATE systems SET name = 'Left'", [])
    assert await house.value("SELECT name FROM systems") == "Left"


async def test_jobs_and_hints_wait_for_the_commit_and_go_with_a_failure(house: House) -> None:
    told: list[str] = []

    async def hint(word: str) -> None:
        told.append(word)

    async def work(word: str) -> None:
        async with whole(house.kit, SYSTEM) as kit:
            await kit.jobs.post("send_due_mail", key=word)
            kit.aside.run("hint", lambda: hint(word))
            await house.kit.aside.settle()
            assert await house.kit.jobs.saq.job(word) is None
            assert told == []
            if word == "bad":
                raise RuntimeError

    with pytest.raises(RuntimeError):
        await work("bad")
    assert await house.kit.jobs.saq.job("bad") is None
    await work("good")
    await house.kit.aside.settle()
    assert await house.kit.jobs.saq.job("good")
    assert told == ["good"]
