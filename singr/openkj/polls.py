"""What OpenKJ asks by itself: has anything changed, and if so, everything."""

from __future__ import annotations

from typing import Any

from singr.alerts import board
from singr.core.errors import Conflict, NotFound
from singr.infra.sql import Runs, maybe, none, one, value
from singr.openkj import answers, desk, keys
from singr.openkj.ask import Ask
from singr.openkj.keys import Key
from singr.openkj.shapes import AboutAlert, AboutVenue, Bare, Collected, Venues
from singr.queue import requests
from singr.songs.rules import SONGBOOK_AGENT
from singr.systems import systems

OPENKJ = "OpenKJ"

# The client has no paging and takes that many rows well.
REQUESTS_MAX = 5_000
VENUES_MAX = 10_000

COLLECT = maybe("openkj_requests", Collected)
VENUES = one("openkj_venues", Venues)
TELL_CLIENT = none("openkj_client_told")
MOVE_SERIAL = value("openkj_serial_moved", int)


async def get_serial(ask: Ask[Bare, Key]) -> bytes:
    """One serial a key, for all its venues. It moves once more for a client that asked in vain for what it announced:
    for a serial it has seen it never asks again."""
    serial, here = ask.key.serial, desk.of(ask.call.kit)
    if here.owes(ask.digest):
        serial = await MOVE_SERIAL(ask.call.kit.db, **ask.call.audit, tenant=ask.key.tenant)
        here.settled(ask.digest)
    return b',"serial":%d' % serial


async def with_requests(on: Runs, digest: str, given: AboutVenue) -> Key:
    """The key and its requests in one statement."""
    found = await COLLECT(on, api_key_hash=digest, venue=given.venue_id, max_rows=REQUESTS_MAX)
    return keys.admitted(found)


async def get_requests(ask: Ask[AboutVenue, Collected]) -> bytes:
    """What waits at a venue, in the order it came. An unknown venue is an error: an empty list would wipe another
    venue's from the screen."""
    found, call = ask.key, ask.call
    if found.venue_id is None:
        raise NotFound(f"no venue {ask.given.venue_id} for this API key")
    if found.unseen_up_to is not None:
        venue_id, up_to = found.venue_id, found.unseen_up_to
        call.kit.aside.run(
            "openkj_seen",
            lambda: requests.mark_seen(call.kit, found.tenant, venue_id, by=call.actor, up_to=up_to),
        )
    return b',"requests":[%b]' % found.requests.encode()


async def get_venues(ask: Ask[Bare, Key]) -> bytes:
    """The tenant's venues, always in the same order: the client takes the first where its own is missing.
    An empty or shortened list would make it forget the operator's choice, so those are errors."""
    found = await VENUES(ask.call.kit.db, tenant=ask.key.tenant, max_rows=VENUES_MAX)
    if not found.count:
        raise NotFound("There is no venue yet. Make one in the Singr console.")
    if found.count > VENUES_MAX:
        raise Conflict(f"There are more than {VENUES_MAX:,} venues, which is more than can be listed.")
    return b',"venues":[%b]' % found.venues.encode()


async def get_alert(ask: Ask[AboutAlert, Key]) -> bytes:
    """All that is to be told, in one message box. SongbookAgent says "standalone", OpenKJ nothing."""
    await _tell_client(ask, SONGBOOK_AGENT if ask.given.app == "standalone" else OPENKJ)
    told = await board.current(ask.call.kit.db, ask.key.tenant)
    title = told[0].title if len(told) == 1 else "Singr" if told else ""
    message = told[0].message if len(told) == 1 else "\n\n".join(f"{a.title}: {a.message}" for a in told)
    return answers.member("alert", bool(told)) + answers.member("title", title) + answers.member("message", message)


async def get_entitled_system_count(ask: Ask[Bare, Key]) -> bytes:
    """The maximum of the *System ID* box, which clamps what is stored: never below a number in use."""
    return b',"count":%d' % await systems.highest(ask.call.kit.db, ask.key.tenant)


async def sac_cur_version(ask: Ask[Bare, Key]) -> bytes:
    """Only SongbookAgent asks; any version newer than its own would open an update dialog."""
    await _tell_client(ask, SONGBOOK_AGENT)
    return b""


async def _tell_client(ask: Ask[Any, Key], client: str) -> None:
    """Keep which program uses the key, in the key's row: its next sync may reach another process."""
    call = ask.call
    await TELL_CLIENT(call.kit.db, **call.audit, tenant=ask.key.tenant, key_id=ask.key.id, client=client)
