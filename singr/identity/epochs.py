"""Epochs: a person's access tokens end when what they may do has changed, in every process within two seconds.

Triggers in the database move the epoch with every change of a role, a membership, a grant or a hold. Each process keeps
the epochs that moved within a token's life: told at once by the bus, read again by a sweep. With the database away the
copy stays: nothing opens again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
from msgspec import Struct

from singr.core.errors import UpstreamUnavailable
from singr.core.settings import Settings
from singr.infra.aside import ended
from singr.infra.bus import BusDown
from singr.infra.kit import Kit
from singr.infra.postgres import Database
from singr.infra.sql import many, value

CHANNEL = "singr:auth:epochs"
SWEEP_S = 1
# Clocks differ, and a change is stamped before its transaction commits.
MARGIN_S = 120


class Epoch(Struct):
    user_id: UUID
    epoch: int


MOVED = many("auth_epochs_moved", Epoch)
NOW = value("auth_epoch", int)
END_SESSIONS = value("auth_sessions_end", int)

log = logging.getLogger("singr.identity")


async def tell(kit: Kit, moved: dict[UUID, int]) -> None:
    """Tell every process now; whoever does not hear it finds it in the next sweep."""
    await kit.bus.publish(CHANNEL, msgspec.json.encode({str(user): epoch for user, epoch in moved.items()}))


class Epochs:
    """This process' copy."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._seconds = db, settings.access_token_ttl_s + MARGIN_S
        self._moved: dict[UUID, int] = {}
        self._heard: dict[UUID, int] = {}

    def has_passed(self, user_id: UUID, epoch: int) -> bool:
        """Whether a token of this epoch is out of date."""
        return self._moved.get(user_id, epoch) > epoch

    def hear(self, told: bytes) -> None:
        """What another process (or this one) has just changed."""
        for user_id, epoch in msgspec.json.decode(told, type=dict[UUID, int]).items():
            self._moved[user_id] = self._heard[user_id] = max(epoch, self._moved.get(user_id, 0))

    async def refresh(self) -> None:
        """Read the truth again."""
        self._heard.clear()
        rows = await MOVED(self._db, seconds=self._seconds)
        self._moved = {row.user_id: row.epoch for row in rows} | self._heard


@asynccontextmanager
async def watching(kit: Kit) -> AsyncIterator[Epochs]:
    """A process' copy, kept fresh while the context is open."""
    epochs = Epochs(kit.db, kit.settings)
    try:
        await kit.bus.subscribe(CHANNEL, epochs.hear)
    except BusDown:
        log.warning("epochs are not told live; the sweep finds them")
    await epochs.refresh()
    sweep = asyncio.create_task(_sweep(epochs))
    try:
        yield epochs
    finally:
        await ended(sweep)


async def _sweep(epochs: Epochs) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        try:
            await epochs.refresh()
        except UpstreamUnavailable as exc:
            log.warning("epochs not refreshed", extra={"error": repr(exc)})
