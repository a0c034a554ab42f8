"""Many callers of one statement at once: one question, each its own row, none older than the call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from singr.core.actor import SYSTEM
from singr.infra import gathering
from singr.infra.gathering import Gathering
from singr.infra.postgres import Database

DOUBLED = "SELECT k, 2 * k FROM unnest($1::int[]) AS k WHERE k < 1000"
SLOWLY = "SELECT k, 2 * k FROM unnest($1::int[]) AS k, pg_sleep(0.1)"


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url, size=4) as opened:
        yield opened


class Counting:
    """Runs statements and counts them."""

    def __init__(self, db: Database) -> None:
        self._db, self.keys = db, list[int]()

    async def fetch(self, text: str, args: Sequence[Any]) -> list[Any]:
        self.keys.append(len(args[0]))
        return await self._db.fetch(text, args)


async def test_who_asks_at_once_is_answered_by_one_question(db: Database) -> None:
    counting = Counting(db)
    asked = Gathering(counting.fetch, DOUBLED)
    rows = await asyncio.gather(*(asked.ask(n % 40) for n in range(80)), asked.ask(2000))
    assert [row[1] for row in rows[:-1]] == [2 * (n % 40) for n in range(80)]
    assert rows[-1] is None
    assert counting.keys == [41]


async def test_more_than_fit_are_asked_for_in_turns(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "KEYS_MAX", 10)
    counting = Counting(db)
    asked = Gathering(counting.fetch, DOUBLED)
    rows = await asyncio.gather(*(asked.ask(n) for n in range(35)))
    assert [row[0] for row in rows] == list(range(35))
    assert sorted(counting.keys) == [5, 10, 10, 10]


async def test_who_goes_meanwhile_takes_nobody_along(db: Database) -> None:
    asked = Gathering(db.fetch, SLOWLY)
    gone, stays = asked.ask(1), asked.ask(2)
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays)[1] == 4
    assert (await asked.ask(3))[1] == 6


async def test_a_mistake_reaches_everybody_who_asked_and_nobody_after(db: Database) -> None:
    asked = Gathering(db.fetch, "SELECT k, 1 / k FROM unnest($1::int[]) AS k")
    answers = await asyncio.gather(*(asked.ask(n) for n in range(3)), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["DivisionByZeroError"] * 3
    assert (await asked.ask(1))[1] == 1


async def test_inside_a_transaction_its_own_connection_is_asked(db: Database) -> None:
    text = "SELECT k, current_setting('app.actor', true) FROM unnest($1::int[]) AS k"
    async with db.transaction(SYSTEM) as tx:
        assert tuple(await tx.pick(text, 1) or ()) == (1, str(SYSTEM))
    assert tuple(await db.pick(text, 1) or ())[1:] != (str(SYSTEM),)


async def test_who_comes_while_a_question_is_under_way_is_not_answered_by_it(db: Database) -> None:
    counting = Counting(db)
    asked = Gathering(counting.fetch, SLOWLY)
    first = [asked.ask(1)]
    while len(counting.keys) < gathering.AT_ONCE_MAX:
        await asyncio.sleep(0)
        first.append(asked.ask(1))
    under_way = len(counting.keys)
    assert (await asked.ask(1))[1] == 2
    assert len(counting.keys) > under_way
    await asyncio.gather(*first)
