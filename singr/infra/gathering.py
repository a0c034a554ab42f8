"""Many calls that ask one statement for a row each, at the same time, as one question: a statement costs PostgreSQL and
us the same for twenty keys as for one.

A call's statement always begins after the call came: what was committed before is seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Fetch = Callable[[str, Sequence[Any]], Awaitable[list[Any]]]

# Under way at a time. With one, whoever comes would wait for two.
AT_ONCE_MAX = 2
KEYS_MAX = 500


class Gathering:
    """One statement's callers in one process."""

    def __init__(self, fetch: Fetch, text: str) -> None:
        self._fetch, self._text = fetch, text
        self._waiting: list[tuple[Any, asyncio.Future[Any]]] = []
        self._under_way: set[asyncio.Task[None]] = set()

    def ask(self, key: Any) -> asyncio.Future[Any]:
        """The record whose first column is `key`, or None; raises what the statement does."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((key, answer))
        if len(self._under_way) < AT_ONCE_MAX:
            task = asyncio.create_task(self._run())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return answer

    async def _run(self) -> None:
        """Until nobody waits any more."""
        while together := self._waiting[:KEYS_MAX]:
            del self._waiting[:KEYS_MAX]
            try:
                records = await self._fetch(self._text, [list({key for key, _ in together})])
            except BaseException as exc:
                _refuse(together, exc)
                if not isinstance(exc, Exception):
                    raise
            else:
                found = {record[0]: record for record in records}
                for key, answer in together:
                    if not answer.done():  # by a caller that has gone
                        answer.set_result(found.get(key))


def _refuse(together: Sequence[tuple[Any, asyncio.Future[Any]]], why: BaseException) -> None:
    for _, answer in together:
        if not answer.done():
            if isinstance(why, Exception):
                answer.set_exception(why)
            else:
                answer.cancel()
