"""How often a search shows the song that was meant among its first ten, by kinds of queries."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from bench.search.catalogue import Query, Song, book, queries
from singr.http.call import Call
from singr.infra.sql import Runs
from singr.songs import book as songbook
from singr.songs import generations

SHOWN = 10
DOCUMENT = 1_000


class Answer(Struct, frozen=True):
    query: Query
    is_found: bool


async def fill(call: Call, tenant: UUID, system: int, size: int) -> None:
    """Publish a book of `size` songs as a sync does."""
    songs: Sequence[Song] = book(size)
    await generations.open_generation(call, tenant, system)
    for start in range(0, len(songs), DOCUMENT):
        part = songs[start : start + DOCUMENT]
        await generations.add_document(call, tenant, system, [{"artist": s.artist, "title": s.title} for s in part])
    await generations.add_document(call, tenant, system, [])


async def ask(on: Runs, tenant: UUID, system: int) -> list[Answer]:
    """Every query, and whether its song was shown."""
    answers = []
    for query in queries():
        page = await songbook.search(on, tenant, system, query.text, SHOWN)
        answers.append(Answer(query, query.song in [song.combined for song in page.items]))
    return answers


def table(answers: Sequence[Answer]) -> str:
    """Recall by kind, and what was missed."""
    lines = [f"{'queries':<18}{'asked':>6}{'found':>6}{'recall':>8}"]
    for kind in (*dict.fromkeys(answer.query.kind for answer in answers), None):
        of_kind = [answer for answer in answers if kind in (answer.query.kind, None)]
        found = sum(answer.is_found for answer in of_kind)
        lines.append(f"{kind or 'all':<18}{len(of_kind):>6}{found:>6}{found / len(of_kind):>8.3f}")
    lines += [f"missed: {a.query.kind}: {a.query.text} -> {a.query.song}" for a in answers if not a.is_found]
    return "\n".join(lines)
