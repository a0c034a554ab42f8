"""Two seconds: by then every process knows what has ended, told or not; counted in sweeps, not by a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import jwt
import pytest

from singr.core.settings import Settings
from singr.identity import epochs, revocations
from singr.identity.epochs import Epochs
from singr.identity.revocations import Revocations
from singr.infra.bus import Bus
from tests.house import opened
from tests.identity.test_sessions import profile, signed_in
from tests.identity.visits import bearer, post

# A sweep begins within half of it, and has the other half for reading.
PROMISED_S = 2
WITHIN_S = 60
# What ends a session, which copy finds it, and how one sees that it has.
ENDS: dict[str, tuple[type[Any], Callable[[Any, dict[str, Any]], bool]]] = {
    "signout": (Revocations, lambda copy, claims: copy.has(claims["sid"])),
    "signout/everywhere": (Epochs, lambda copy, claims: copy.has_passed(UUID(claims["sub"]), 0)),
}


@pytest.mark.parametrize("end", ENDS)
async def test_the_first_sweep_after_the_end_finds_it_in_every_process(
    end: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, has = ENDS[end]
    read, found, over = kind.refresh, dict[int, bool](), asyncio.Event()

    async def lose(_bus: Bus, _channel: str, _payload: bytes) -> None: ...

    async def swept(copy: Any) -> None:
        began_after = over.is_set()
        await read(copy)
        if began_after:
            found.setdefault(id(copy), has(copy, claims))

    async with opened(settings) as here, opened(settings) as there:
        session = await signed_in(here)
        claims = jwt.decode(session["accessToken"], options={"verify_signature": False})
        with monkeypatch.context() as lost:
            lost.setattr(Bus, "publish", lose)
            lost.setattr(kind, "refresh", swept)
            assert (await post(here, end, bearer(session)))[0] == 204
            over.set()
            async with asyncio.timeout(WITHIN_S):
                while len(found) < 2:
                    await asyncio.sleep(0.05)
        assert list(found.values()) == [True, True]
        assert [await profile(house, session) for house in (here, there)] == [401, 401]


@pytest.mark.parametrize("module", [revocations, epochs], ids=["revocations", "epochs"])
async def test_a_sweep_begins_in_half_of_what_is_promised(
    module: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused, sleep = asyncio.Queue[float](), asyncio.sleep

    async def noted(delay_s: float, *given: Any) -> Any:
        task = asyncio.current_task()
        coroutine: Any = task.get_coro() if task else None
        if coroutine is not None and coroutine.cr_code is module._sweep.__code__:
            paused.put_nowait(delay_s)
        return await sleep(delay_s, *given)

    with monkeypatch.context() as watched:
        watched.setattr(asyncio, "sleep", noted)
        async with opened(settings), asyncio.timeout(WITHIN_S):
            assert 0 < await paused.get() <= PROMISED_S / 2
