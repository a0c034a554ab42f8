"""PostgreSQL: one pool a process, transactions that carry their actor, waits that end.

Statements come from `infra.sql`. Whatever keeps PostgreSQL from answering (connection lost, pool exhausted, a time
limit) is raised as `UpstreamUnavailable`; constraint violations pass through as asyncpg's own errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from yarl import URL

from singr.core.actor import Actor
from singr.infra.gathering import Gathering
from singr.infra.lending import Lending
from singr.infra.silence import explained, reachable

APP_ROLE = "singr_app"
STATEMENT_TIMEOUT_S = 8
ACQUIRE_TIMEOUT_S = 3
COMMAND_TIMEOUT_S = 10
CONNECT_TIMEOUT_S = 5

KEPT = {
    "application_name": "singr",
    "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
}
SET_STATEMENT_TIMEOUT = "SELECT set_config('statement_timeout', $1, true)"
SET_ACTOR = "SELECT set_config('app.current_user_id', $1, true), set_config('app.actor', $2, true)"


class Connected:
    """Runs statements on one connection, whose transaction somebody else ends."""

    __slots__ = ("_connection", "_timeout_s")

    def __init__(self, connection: Any, timeout_s: float | None = None) -> None:
        self._connection = connection
        self._timeout_s = timeout_s

    async def fetch(self, text: str, args: Sequence[Any]) -> list[Any]:
        rows: list[Any] = await self._connection.fetch(text, *args, timeout=self._timeout_s)
        return rows

    async def pick(self, text: str, key: Any) -> Any | None:
        return next(iter(await self.fetch(text, [[key]])), None)

    async def execute(self, text: str, args: Sequence[Any]) -> int:
        status: str = await self._connection.execute(text, *args, timeout=self._timeout_s)
        return int(status.rpartition(" ")[2]) if status[-1:].isdigit() else 0

    async def copy(self, table: str, columns: Sequence[str], records: Sequence[Sequence[Any]]) -> None:
        """COPY rows into a table: the quick way in for thousands of them."""
        await self._connection.copy_records_to_table(table, columns=columns, records=records)


class Transaction(Connected):
    """An open transaction with its actor set; ends with the `async with` that gave it."""

    __slots__ = ()


class Database:
    """The pool. `fetch` and `execute` run one statement in its own implicit transaction."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._gatherings: dict[str, Gathering] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, size: int, shared: bool = False) -> AsyncIterator[Database]:
        """A pool of up to `size` connections; raises UpstreamUnavailable when PostgreSQL does not answer or refuses
        us (no such database, wrong password, a schema without our role).

        `shared`: a pooler gives each connection to somebody else after every transaction (see `_Shared`).
        """
        # Whoever shares connections may neither prepare statements nor keep settings on them.
        alone: Any = {"server_settings": KEPT, "init": _prepare_for(url)}
        named = {"application_name": KEPT["application_name"]}
        among_others: Any = {"statement_cache_size": 0, "server_settings": named, "init": _in_transaction(_know_json)}
        with explained():
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                timeout=CONNECT_TIMEOUT_S,
                command_timeout=COMMAND_TIMEOUT_S,
                reset=_keep,
                **(among_others if shared else alone),
            )
        lending = Lending(pool, size)
        try:
            yield cls(_Shared(lending, url) if shared else lending)
        finally:
            await _close(lending)

    async def fetch(self, text: str, args: Sequence[Any]) -> list[Any]:
        with reachable():
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                rows: list[Any] = await connection.fetch(text, *args)
                return rows

    async def pick(self, text: str, key: Any) -> Any | None:
        """The record of a statement `-> each` that is for `key`, asked for with what others want at the moment."""
        gathering = self._gatherings.get(text)
        if gathering is None:
            gathering = self._gatherings[text] = Gathering(self.fetch, text)
        return await gathering.ask(key)

    async def execute(self, text: str, args: Sequence[Any]) -> int:
        async with self.connection() as connection:
            return await connection.execute(text, args)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connected]:
        with reachable():
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                yield Connected(connection)

    @asynccontextmanager
    async def whole(self, actor: Actor) -> AsyncIterator[Database]:
        """A database that is one open transaction in `actor`'s name, on one connection; see `infra.whole`."""
        with reachable():
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection, connection.transaction():
                await connection.execute(SET_ACTOR, str(actor.user_id or ""), str(actor))
                yield Database(_One(connection))

    @asynccontextmanager
    async def transaction(self, actor: Actor, *, timeout_s: float | None = None) -> AsyncIterator[Transaction]:
        """A transaction in `actor`'s name: audit rows written inside it say who. `timeout_s` replaces the usual limit
        for each of its statements: a song book of a million songs is moved in one."""
        with reachable():
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection, connection.transaction():
                await connection.execute(SET_ACTOR, str(actor.user_id or ""), str(actor))
                if timeout_s is not None:
                    await connection.execute(SET_STATEMENT_TIMEOUT, f"{timeout_s:.0f}s")
                yield Transaction(connection, timeout_s)


class _Shared:
    """Stands for a pool behind PgBouncer (`pool_mode = transaction`): each use is one transaction, which begins with
    what a connection of our own would keep."""

    def __init__(self, pool: Any, url: str) -> None:
        self._pool = pool
        role = [] if URL(url).user == APP_ROLE else [f"SET LOCAL ROLE {APP_ROLE}"]
        limits = [f"SET LOCAL {name} = '{value}'" for name, value in KEPT.items() if name != "application_name"]
        self._begin = "; ".join([*role, *limits])

    @asynccontextmanager
    async def acquire(self, *, timeout: float) -> AsyncIterator[Any]:  # noqa: ASYNC109 - as the pool's
        async with self._pool.acquire(timeout=timeout) as connection, connection.transaction():
            await connection.execute(self._begin)
            yield connection


class _One:
    """Stands for a pool: one connection, each time inside a savepoint, so that what fails undoes only itself."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @asynccontextmanager
    async def acquire(self, *, timeout: float) -> AsyncIterator[Any]:  # noqa: ASYNC109 - as the pool's
        async with self._connection.transaction():
            yield self._connection


def _prepare_for(url: str) -> Any:
    """What every new connection gets: the application's role (unless it signed in as it) and JSON by orjson."""
    signs_in_as_app = URL(url).user == APP_ROLE

    async def prepare(connection: Any) -> None:
        if not signs_in_as_app:
            await connection.execute(f"SET ROLE {APP_ROLE}")
        await _know_json(connection)

    return prepare


async def _know_json(connection: Any) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, encoder=lambda v: orjson.dumps(v).decode(), decoder=orjson.loads, schema="pg_catalog"
        )


def _in_transaction(prepare: Any) -> Any:
    """As `prepare`, with all its questions asked of the same server."""

    async def prepare_at_once(connection: Any) -> None:
        async with connection.transaction():
            await prepare(connection)

    return prepare_at_once


async def _keep(_connection: Any) -> None:
    """Nothing to reset at release: settings are only ever set inside a transaction (`set_config(…, true)`)."""


async def _close(lending: Lending) -> None:
    try:
        async with asyncio.timeout(COMMAND_TIMEOUT_S):
            await lending.close()
    except TimeoutError:
        lending.terminate()
