"""A song book during and after syncs, as tests look at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from singr.songs import book as songbook
from singr.songs import jobs
from tests.house import House
from tests.openkj.asking import owner


@asynccontextmanager
async def searching(house: House) -> AsyncIterator[list[int]]:
    """Somebody searches all the while; how many songs each search found (of at most 20)."""
    found: list[int] = []
    ended = asyncio.Event()

    async def search() -> None:
        (where,) = await house.kit.db.fetch("SELECT customer_profiles_id FROM venues", [])
        while not ended.is_set():
            found.append(len((await songbook.search(house.kit.db, where[0], 1, "song", 20)).items))

    async with asyncio.TaskGroup() as group:
        group.create_task(search())
        try:
            yield found
        finally:
            ended.set()


async def syncs(house: House) -> list[dict[str, Any]]:
    _, page = await house.call("GET", "/v1/customer/systems/1/syncs", headers=await house.sign_in())
    return list(page["items"])


async def quiet(house: House) -> None:
    """As if 20 s had passed."""
    await jobs.publish_quiet_generations(house.kit, quiet_s=0)


async def book(house: House) -> dict[tuple[str, str], int]:
    """All songs of system 1 with their ids."""
    async with owner(house) as connection:
        rows = await connection.fetch("SELECT artist, title, songdb_id FROM songdb WHERE openkj_system_id = 1")
    return {(row["artist"], row["title"]): row["songdb_id"] for row in rows}
