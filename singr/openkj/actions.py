"""What a KJ does in OpenKJ. Every action may arrive twice: Qt repeats a POST whose answer got lost."""

from __future__ import annotations

from singr.core.errors import NotFound
from singr.infra.sql import Runs, maybe, value
from singr.openkj import answers
from singr.openkj.ask import Ask
from singr.openkj.keys import Key
from singr.openkj.shapes import AboutSystem, AboutVenue, AddSongs, DeleteRequest, SetAccepting, VenueOfKey
from singr.queue import requests
from singr.songs import generations
from singr.systems import systems
from singr.venues import opening

CLIENT = value("openkj_client", str)
VENUE = maybe("openkj_venue", VenueOfKey)


async def venue_of(on: Runs, key: Key, number: int | None = None, url_name: str | None = None) -> VenueOfKey:
    """The key's venue with this number or public name, the first without either; raises NotFound."""
    found = await VENUE(on, tenant=key.tenant, number=number, url_name=url_name)
    if found is None:
        raise NotFound("no such venue for this API key")
    return found


async def set_accepting(ask: Ask[SetAccepting, Key]) -> bytes:
    """Sets what is asked, and makes the system the venue's active catalogue."""
    call, given, tenant = ask.call, ask.given, ask.key.tenant
    venue = await venue_of(call.kit.db, ask.key, given.venue_id)
    if given.system_id is not None:
        await systems.ensure(call, tenant, given.system_id)
    await opening.set_accepting(call, tenant, venue.id, accepting=given.accepting, system=given.system_id)
    return b""


async def delete_request(ask: Ask[DeleteRequest, Key]) -> bytes:
    """Marks as processed. A number that waits nowhere (stale, or -1) is a success: it takes the row off the screen."""
    call, given = ask.call, ask.given
    try:
        venue = await venue_of(call.kit.db, ask.key, given.venue_id) if given.venue_id is not None else None
    except NotFound:
        return b""
    await requests.process(call, ask.key.tenant, number=given.request_id, venue_id=venue.id if venue else None)
    return b""


async def clear_requests(ask: Ask[AboutVenue, Key]) -> bytes:
    """Marks all that waits at a venue as processed."""
    venue = await venue_of(ask.call.kit.db, ask.key, ask.given.venue_id)
    await requests.clear(ask.call, ask.key.tenant, venue.id)
    return b""


async def clear_database(ask: Ask[AboutSystem, Key]) -> bytes:
    """Begins a sync; singers keep the earlier song book until it ends."""
    await systems.ensure(ask.call, ask.key.tenant, ask.given.system_id)
    client = await CLIENT(ask.call.kit.db, tenant=ask.key.tenant, key_id=ask.key.id)
    await generations.open_generation(ask.call, ask.key.tenant, ask.given.system_id, client)
    return b""


async def add_songs(ask: Ask[AddSongs, Key]) -> bytes:
    """One document of a sync. The client reads none of what is told about it; other programs may."""
    await systems.ensure(ask.call, ask.key.tenant, ask.given.system_id)
    report = await generations.add_document(ask.call, ask.key.tenant, ask.given.system_id, ask.given.songs)
    return answers.member("errors", report.errors) + answers.member("entries processed", report.received)
