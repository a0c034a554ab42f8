"""A call as one transaction: what its statements write they write together, and what it tells waits for the commit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from singr.core.actor import Actor
from singr.infra.aside import Aside
from singr.infra.cache import Cache
from singr.infra.kit import Kit
from singr.infra.work import Jobs

Later = list[Callable[[], Awaitable[object]]]


@asynccontextmanager
async def whole(kit: Kit, actor: Actor) -> AsyncIterator[Kit]:
    """A kit whose database is one open transaction in `actor`'s name. A statement that fails undoes only itself; an
    exception that leaves the context undoes all, and nothing is posted. Work aside must not use this kit's database.
    """
    later: Later = []
    async with kit.db.whole(actor) as db:
        jobs, aside = _JobsLater(kit.jobs, later), _AsideLater(kit.aside, later)
        yield replace(kit, db=db, jobs=jobs, aside=aside, cache=_CacheLater(kit, later))
    for tell in later:
        await tell()


class _JobsLater(Jobs):
    def __init__(self, jobs: Jobs, later: Later) -> None:
        super().__init__(jobs.saq)
        self._post, self._later = jobs.post, later

    async def post(self, name: str, **given: Any) -> bool:
        self._later.append(partial(self._post, name, **given))
        return True


class _AsideLater(Aside):
    def __init__(self, aside: Aside, later: Later) -> None:
        super().__init__()
        self._run, self._later = aside.run, later

    def run(self, what: str, work: Callable[[], Awaitable[object]], timeout_s: float = 5) -> bool:
        async def start() -> None:
            self._run(what, work, timeout_s)

        self._later.append(start)
        return True


class _CacheLater(Cache):
    def __init__(self, kit: Kit, later: Later) -> None:
        super().__init__(kit.redis, kit.aside)
        self._forget, self._later = kit.cache.forget, later

    def forget(self, *tags: str) -> None:
        async def forget() -> None:
            self._forget(*tags)

        self._later.append(forget)
