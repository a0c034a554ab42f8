"""The singer page: search, ask, follow, withdraw. Plain forms do all of it; the script makes it live."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qs

import msgspec
from aiohttp import web
from msgspec import structs

from singr.core.errors import KeyReused, NotFound, ValidationFailed
from singr.http import decode
from singr.http.call import Call
from singr.http.problems import from_msgspec
from singr.queue import guests
from singr.queue.rules import AlreadySettled, Blocked, DuplicateRequest, TooManyRequests, VenueClosed
from singr.queue.shapes import NewRequest
from singr.queue.wording import SONG
from singr.venues import venues
from singr.venues.shapes import VenueRow
from singr.web import own, singer_view
from singr.web.finding import Looking
from singr.web.singer_view import Asking

FORM_LIMIT, FIELDS_MAX = 16_384, 20
ASKED_MAX = 200


async def show(call: Call, request: web.Request, url_name: str) -> web.Response:
    """A venue's singer page.

    `?q=` searches, `?list=`, `?letter=` and `?artist=` lead through the book, `?song=` opens the sheet to ask in.
    """
    venue = await venues.row_by_url_name(call.kit.db, url_name)
    looking = _looking(request.query)
    song = request.query.get("song", "")
    mine = await own.requests(call, venue)
    asking = Asking(singer_name=mine[0].singer_name if mine else "")
    if song.isascii() and song.isdigit():
        asking = await _for_song(call, venue, replace(asking, song_id=song))
    return await singer_view.page(call, request, venue, mine, looking, asking)


async def ask(call: Call, request: web.Request, url_name: str) -> web.Response:
    """The sheet's form: asks for a song and leads back to the page, or shows the sheet again with what is wrong."""
    venue = await venues.row_by_url_name(call.kit.db, url_name)
    form = await _form(request)
    asking = singer_view.filled_in(form)
    try:
        keyed = structs.replace(call, idempotency_key=_key(form))
        await guests.submit(keyed, venue.url_name, body=_new_request(form))
    except (ValidationFailed, DuplicateRequest, KeyReused, VenueClosed, TooManyRequests, Blocked) as problem:
        refused = replace(await _for_song(call, venue, asking), problem=problem)
        mine = await own.requests(call, venue)
        return await singer_view.page(call, request, venue, mine, _looking(form), refused)
    return _back_to(venue)


async def withdraw(call: Call, request: web.Request, url_name: str) -> web.Response:
    """Takes back the request whose token the form holds; the page then tells how it stands."""
    venue = await venues.row_by_url_name(call.kit.db, url_name)
    form = await _form(request)
    with suppress(NotFound, AlreadySettled):
        await guests.withdraw(call, form.get("token", ""))
    return _back_to(venue)


def _looking(given: Mapping[str, str]) -> Looking:
    """What a query or the sheet's form says of the list behind."""
    names = ("q", "list", "letter", "artist")
    q, way, letter, artist = (given.get(name, "").replace("\x00", "")[:ASKED_MAX] for name in names)
    return Looking(q, way, letter, artist, given.get("cursor") or None)


async def _for_song(call: Call, venue: VenueRow, asking: Asking) -> Asking:
    """The sheet with its song's names; without the song when the venue does not have it."""
    if not asking.song_id.isdigit() or len(asking.song_id) > 18:
        return replace(asking, song_id="")
    song = await SONG(call.kit.db, tenant=venue.tenant, venue_id=venue.id, song_id=int(asking.song_id))
    return replace(asking, title=song.title, artist=song.artist) if song else replace(asking, song_id="")


async def _form(request: web.Request) -> dict[str, str]:
    """The fields that are not empty; raises ValidationFailed, PayloadTooLarge."""
    raw = await decode.read(request, FORM_LIMIT)
    try:
        return {name: values[0] for name, values in parse_qs(raw.decode(), max_num_fields=FIELDS_MAX).items()}
    except ValueError as exc:
        raise ValidationFailed("the form cannot be read") from exc


def _new_request(form: dict[str, str]) -> NewRequest:
    given = {name: form[name] for name in ("singerName", "songId", "keyChange", "notes") if name in form}
    try:
        wanted = msgspec.convert(given, NewRequest, strict=False)
    except msgspec.ValidationError as exc:
        raise from_msgspec(exc, "form") from exc
    wanted.allow_duplicate = form.get("allowDuplicate") == "true"
    return wanted


def _key(form: dict[str, str]) -> str | None:
    key = form.get("requestKey", "")
    return key if decode.IDEMPOTENCY_KEY.fullmatch(key) else None


def _back_to(venue: VenueRow) -> web.Response:
    return web.Response(status=303, headers={"Location": f"/v/{venue.url_name}"})
