"""A sync from OpenKJ: opened, filled document by document, and made the book in one statement.

The book singers search stays as it is until its successor is complete, and keeps the ids of songs that stay. OpenKJ
repeats a POST whose answer got lost and never says that a sync ended, so documents may come twice, and a sync ends
with a document that is not full or with silence (`singr.songs.jobs`).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import UUID

from singr.core.errors import NotFound, UpstreamUnavailable
from singr.http import kept
from singr.http.call import Call
from singr.infra.postgres import Transaction
from singr.infra.sql import maybe, none, value
from singr.songs import asking, telling, typos
from singr.songs.rules import is_full
from singr.songs.shapes import DocumentReport, Generation
from singr.songs.spelling import Spelt, spell_all

log = logging.getLogger("singr.songs")

QUIET_S = 20
# A million songs in one statement take a minute; ordinary statements end after seconds.
PUBLISH_TIMEOUT_S = 100
# OpenKJ's operator looks at a frozen window until the last document is answered. A normal library takes a second.
ANSWER_WITHIN_S = 5.0
REPORTED_MAX = 10

HELD = maybe("book_held", int)
SUPERSEDE = none("generations_superseded")
OPEN = value("generation_opened", int)
AT_WORK = maybe("generation_at_work", Generation)
LOCKED = maybe("generation_locked", Generation)
STAGE = value("generation_songs_staged", int)
COUNT = value("generation_document_counted", int)
MERGE = value("songs_merged", int)
JOIN_BY_HASH = value("songs_joined_by_hash", str)
PUBLISH = value("generation_published", int)
CLOSE = none("generation_closed")
DROP = none("generation_songs_dropped")
HOLD = none("generation_held")


async def open_generation(call: Call, tenant: UUID, system: int, client: str = "") -> None:
    """Begin a sync of a system's book by a program. One that was still under way or held is given up."""
    async with call.kit.db.transaction(call.actor) as tx:
        await _hold_book(tx, tenant, system)
        await SUPERSEDE(tx, tenant=tenant, system=system)
        sync = await OPEN(tx, tenant=tenant, system=system, client=client)
    await _post_publishing(call, tenant, sync, 0)


async def add_document(call: Call, tenant: UUID, system: int, songs: list[Any]) -> DocumentReport:
    """Take one document of `{artist, title}` objects; odd ones are skipped and told, never the whole document.

    Goes into the sync under way (a held one is continued), and publishes it where the document is not full. Without
    a sync the songs join the book at once.
    """
    spelt, odd = await spell_all(songs)
    await typos.learn(call.kit.db, spelt)
    async with call.kit.db.transaction(call.actor) as tx:
        await _hold_book(tx, tenant, system)
        sync = await AT_WORK(tx, tenant=tenant, system=system)
        if sync is None:
            added = await merge(tx, tenant, system, spelt)
        else:
            columns = _columns(spelt, asking.scope(tenant, system))
            added = await STAGE(tx, tenant=tenant, generation=sync.id, **columns)
            documents = await _count(tx, sync, len(songs), added, len(odd))
    if sync is None:
        call.kit.cache.forget(kept.book(tenant, system))
    if sync and is_full(len(songs)):
        await _post_publishing(call, tenant, sync.id, documents)
    elif sync and not await _publish_at_once(call, sync):
        await _post_publishing(call, tenant, sync.id, documents, after_s=1)
    return DocumentReport(len(songs), added, len(odd), odd[:REPORTED_MAX])


async def merge(tx: Transaction, tenant: UUID, system: int, songs: list[Spelt]) -> int:
    """Add songs to a book outside any sync; how many it did not have."""
    return await MERGE(tx, tenant=tenant, system=system, **_columns(songs, asking.scope(tenant, system)))


async def publish(call: Call, tenant: UUID, generation: int) -> bool:
    """Make a sync the book; False when it is not open or held (any more). The KJ is told when songs went."""
    async with call.kit.db.transaction(call.actor, timeout_s=PUBLISH_TIMEOUT_S) as tx:
        sync = await LOCKED(tx, tenant=tenant, generation=generation, quiet_s=QUIET_S)
        if sync is None:
            return False
        await publish_locked(tx, sync)
    call.kit.cache.forget(kept.book(tenant, sync.system))
    return True


async def publish_locked(tx: Transaction, sync: Generation) -> None:
    """`publish` for a sync whose row this transaction has locked."""
    await JOIN_BY_HASH(tx)
    after = await PUBLISH(tx, generation=sync.id, tenant=sync.tenant, system=sync.system)
    await CLOSE(tx, tenant=sync.tenant, generation=sync.id, status="published", songs_after=after)
    await DROP(tx, tenant=sync.tenant, generation=sync.id)
    await telling.published(tx, sync, after)


async def hold_locked(tx: Transaction, sync: Generation, songs: int) -> None:
    """Leave a sync that looks cancelled to the host's decision; the book stays."""
    await HOLD(tx, tenant=sync.tenant, generation=sync.id)
    await telling.held(tx, sync, songs)


async def discard(call: Call, tenant: UUID, generation: int) -> bool:
    """Give a sync up and keep the book; False when it is not open or held (any more)."""
    async with call.kit.db.transaction(call.actor) as tx:
        if await LOCKED(tx, tenant=tenant, generation=generation, quiet_s=QUIET_S) is None:
            return False
        await CLOSE(tx, tenant=tenant, generation=generation, status="discarded", songs_after=None)
        await DROP(tx, tenant=tenant, generation=generation)
    return True


async def _hold_book(tx: Transaction, tenant: UUID, system: int) -> None:
    """Keep a book's system there until the transaction ends; raises NotFound for one that has just been removed."""
    if await HELD(tx, tenant=tenant, system=system) is None:
        raise NotFound("no such system")


async def _publish_at_once(call: Call, sync: Generation) -> bool:
    """`publish` within the answer to the last document; False when the database took longer, or went away. A job does
    it then: the document is stored, and must not be asked for again."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await publish(call, sync.tenant, sync.id)
    except (TimeoutError, UpstreamUnavailable):
        log.warning("publishing is left to a job", extra={"generation": sync.id})
        return False
    return True


async def _count(tx: Transaction, sync: Generation, received: int, added: int, skipped: int) -> int:
    """A document that brought nothing new was a repetition and only shows that the sync is alive."""
    is_new = received == 0 or added > 0 or skipped == received
    return await COUNT(
        tx,
        tenant=sync.tenant,
        generation=sync.id,
        documents=int(is_new),
        full_documents=int(is_new and is_full(received)),
        received=received if is_new else 0,
        skipped=skipped if is_new else 0,
    )


async def _post_publishing(
    call: Call, tenant: UUID, generation: int, documents: int, after_s: float = QUIET_S + 1
) -> None:
    """A job a document; the one after the last finds the sync quiet. One second more, as jobs come by whole ones."""
    given: dict[str, Any] = {"tenant": str(tenant), "generation": generation}
    await call.kit.jobs.post("publish_generation", key=f"publish:{generation}:{documents}", after_s=after_s, **given)


def _columns(songs: list[Spelt], within: str) -> dict[str, list[str]]:
    """In one order everywhere: two documents with the same songs wait for each other instead of locking crosswise."""
    songs = sorted(songs, key=lambda song: song.normalized)
    return {
        "artists": [s.artist for s in songs],
        "titles": [s.title for s in songs],
        "combined": [s.combined for s in songs],
        "normalized": [s.normalized for s in songs],
        "artist_keys": [s.artist_key for s in songs],
        "title_keys": [s.title_key for s in songs],
        "words": [" ".join(within + word for word in s.words) for s in songs],
    }
