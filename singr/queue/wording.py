"""What singers write, fit to be stored: names, notes, and the song they mean."""

from __future__ import annotations

from uuid import UUID

from singr.core.errors import FieldError, ValidationFailed
from singr.core.text import clean, plain
from singr.infra.sql import Runs, maybe
from singr.queue.shapes import Song

SONG = maybe("song_for_request", Song)


async def song(
    on: Runs, tenant: UUID, venue_id: UUID, song_id: int | None, artist: str | None, title: str | None
) -> Song:
    """The song verbatim: from the venue's catalogue if `song_id` names one, else as typed; raises ValidationFailed."""
    if song_id is not None:
        found = await SONG(on, tenant=tenant, venue_id=venue_id, song_id=song_id)
        if found is None:
            raise ValidationFailed(errors=(FieldError("songId", "no such song at this venue"),))
        return found
    return Song(_needed("artist", clean(artist or "")), _needed("title", clean(title or "")))


def singer_name(text: str) -> str:
    return _needed("singerName", plain(text))


def notes(text: str | None) -> str | None:
    return plain(text or "") or None


def _needed(field: str, text: str) -> str:
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise ValidationFailed(errors=(FieldError(field, "must not be empty"),))
    return text
