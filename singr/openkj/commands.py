"""The commands OpenKJ and its relatives send, and the one way they are answered.

Whatever goes wrong is told inside a 200: of any other status OpenKJ reads no body, and its operator learns nothing.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from typing import Any, NoReturn

from msgspec.structs import replace

from singr.core.errors import AuthorizationDenied, Problem, RateLimited, UpstreamUnavailable
from singr.http.call import Call
from singr.openkj import actions, answers, apps, desk, jobs, keys, polls, presence, reading, shapes
from singr.openkj.ask import Ask, Command
from singr.telemetry import metrics

log = logging.getLogger("singr.openkj")

# Six hundred documents a minute, then ten a second: the client sends one after the other and waits.
SYNC_WAIT_S = 5
# Between tries of a sync command while the database is away.
SYNC_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
SYNC_PATIENCE_S = 15.0
_counted = cache(metrics.COMMANDS.labels)  # labels are the commands' names alone
OUR_FAULT = "Something went wrong on our side. Please try again."


async def refuse(_ask: Ask[Any, Any]) -> NoReturn:
    """For testingAddRandomRequest, by which anybody could fill a venue's queue."""
    raise AuthorizationDenied("This command is not available")


COMMANDS = {
    "getSerial": Command(run=polls.get_serial, poll=True),
    "getRequests": Command(
        run=polls.get_requests, shape=shapes.AboutVenue, find=polls.with_requests, poll=True, owed=True
    ),
    "getVenues": Command(run=polls.get_venues, poll=True, owed=True),
    "getAlert": Command(run=polls.get_alert, shape=shapes.AboutAlert),
    "getEntitledSystemCount": Command(run=polls.get_entitled_system_count),
    "sacCurVersion": Command(run=polls.sac_cur_version),
    "setAccepting": Command(run=actions.set_accepting, shape=shapes.SetAccepting),
    "deleteRequest": Command(run=actions.delete_request, shape=shapes.DeleteRequest),
    "clearRequests": Command(run=actions.clear_requests, shape=shapes.AboutVenue),
    "clearDatabase": Command(run=actions.clear_database, shape=shapes.AboutSystem, sync=True, scope="songs"),
    "addSongs": Command(run=actions.add_songs, shape=shapes.AddSongs, sync=True, scope="songs"),
    "search": Command(run=apps.search, shape=shapes.Search),
    "submitRequest": Command(run=apps.submit_request, shape=shapes.SubmitRequest),
    "venueExists": Command(run=apps.venue_exists, shape=shapes.WhichVenue),
    "venueAccepting": Command(run=apps.get_accepting, shape=shapes.WhichVenue),
    "getAccepting": Command(run=apps.get_accepting, shape=shapes.WhichVenue),
    "connectionTest": Command(run=apps.connection_test),
    "testingAddRandomRequest": Command(run=refuse),
}


async def answer(call: Call, raw: bytes) -> tuple[bytes, bool]:
    """The answer to a body, and whether to end the connection after it. Never raises."""
    asked = await reading.read(raw)
    name = asked.get("command") if asked else None
    if asked is None or not isinstance(name, str) or not name:
        return _refused("", "", "This is not a call of OpenKJ's request protocol"), False
    command = COMMANDS.get(name)
    if command is None:
        return _refused(name, "", "Unknown command"), False
    try:
        members = await (_run_patiently if command.sync else _run)(call, command, asked)
    except Problem as problem:
        told = _refused(name, name, answers.words(problem))
        if problem.status < 500:
            return told, command.sync
    except Exception:
        log.exception("command failed", extra={"command": name})
        told = _refused(name, name, OUR_FAULT)
    else:
        _counted(name, "false").inc()
        return answers.success(name, members), command.sync
    if command.owed:
        await _owe(call, keys.digest(asked.get("api_key")))
    return told, command.sync


async def _run_patiently(call: Call, command: Command, asked: dict[str, Any]) -> bytes:
    """A document that fails is lost, since the client sends the next one; so while the database restarts it waits."""
    try:
        async with asyncio.timeout(SYNC_PATIENCE_S):
            for pause_s in SYNC_PAUSES_S:
                try:
                    return await _run(call, command, asked)
                except UpstreamUnavailable:
                    await asyncio.sleep(pause_s)
            return await _run(call, command, asked)
    except TimeoutError as exc:
        raise UpstreamUnavailable("the database does not answer") from exc


async def _owe(call: Call, digest: str) -> None:
    """The client asked in vain for what a serial announced: another one must tell it again, by whichever process is
    asked for it next. Only keys that were good here before: an outage gives nobody a place in our memory."""
    if tenant := desk.of(call.kit).owe(digest):
        await call.kit.jobs.post(jobs.MOVE_SERIAL, key=f"owed:{tenant}", after_s=1, tenant=str(tenant))


async def _run(call: Call, command: Command, asked: dict[str, Any]) -> bytes:
    digest = keys.digest(asked.get("api_key"))
    await _wait_turn(call, command, digest)
    given = reading.shaped(asked, command.shape)
    key = await command.find(call.kit.db, digest, given)
    keys.allow(key, command.scope)
    desk.of(call.kit).seen(digest, key.tenant)
    call = replace(call, actor=keys.actor(key))
    if command.poll:
        presence.note(call, key)
    return await command.run(Ask(call, digest, given, key))


async def _wait_turn(call: Call, command: Command, digest: str) -> None:
    """The key's rate. Documents of a sync wait for theirs, as the client would not send a refused one again."""
    if not desk.of(call.kit).knows(digest):
        _allow_guess(call)
    if not command.sync:
        keys.count(call, digest)
        return
    waited_s = 0.0
    while not (verdict := call.kit.limits.take_here(f"openkj:{digest}:sync", keys.RATE)).allowed:
        if waited_s > SYNC_WAIT_S:
            raise RateLimited(f"Too many calls: at most {keys.RATE.hits} a minute")
        await asyncio.sleep(verdict.retry_after_s)
        waited_s += verdict.retry_after_s


def _allow_guess(call: Call) -> None:
    """A key not seen good here costs a query, and each made-up one has a rate of its own: so many for an address."""
    if not call.kit.limits.take_here(f"openkj:unknown:{call.network}", keys.GUESSES).allowed:
        raise RateLimited("Too many calls with unknown keys")


def _refused(name: str, label: str, why: str) -> bytes:
    _counted(label or "unknown", "true").inc()
    return answers.error(name, why)
