"""What the hub looks at on every tick of its one timer: heartbeats, sessions that ended, goodbyes that are due, rooms
nobody watches."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from singr.core import clock
from singr.realtime import messages
from singr.realtime.close import SIGN_IN, SILENT, TOO_OLD, TOO_SLOW
from singr.realtime.frame import Form
from singr.realtime.seat import Seat
from singr.realtime.watcher import Watcher
from singr.telemetry import metrics

if TYPE_CHECKING:
    from singr.realtime.hub import Hub

log = logging.getLogger("singr.realtime")


async def make_forever(hub: Hub) -> None:
    """A round every `Tempo.tick_s`; a mistake in one does not end the others."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + hub.tempo.tick_s
        await asyncio.sleep(hub.tempo.tick_s)
        late_s = loop.time() - due
        metrics.LOOP_LAG.observe(late_s)
        if late_s > hub.tempo.lag_max_s:
            log.warning("the event loop was blocked", extra={"seconds": round(late_s, 2)})
        try:
            make(hub, loop.time())
        except Exception:
            log.exception("a round failed")


def make(hub: Hub, now: float) -> None:
    """One round at loop time `now`."""
    for seat in hub.pulse.turn():
        _visit(hub, seat, now)
    for seat in [seat for seat in hub.held if seat.holder and not hub.goes_on(seat.holder)]:
        seat.watcher.refuse(SIGN_IN, seat.venue)
    for watcher in _since(hub.behind, now - hub.tempo.behind_s):
        watcher.end(TOO_SLOW)
    for watcher in _since(hub.greeting, now - hub.tempo.hello_s):
        watcher.end(SILENT, messages.Error(SILENT.slug))
    hub.rooms.look_after(now)


def _since(entered: dict[Watcher, float], limit: float) -> list[Watcher]:
    """Those who entered before `limit`; the dict is in order of entering."""
    late = []
    for watcher, entered_at in entered.items():
        if entered_at > limit:
            break
        late.append(watcher)
    return late


def _visit(hub: Hub, seat: Seat, now: float) -> None:
    """A heartbeat, unless it is time to part."""
    watcher, wall_now = seat.watcher, clock.now().timestamp()
    if watcher.ended:
        return
    if watcher.form is Form.WEBSOCKET and now - watcher.heard_at > hub.tempo.silence_s:
        watcher.end(SILENT, messages.Error(SILENT.slug))
    elif now > watcher.rotate_at:
        watcher.end(TOO_OLD, hub.bye())
    elif seat.expires_at and wall_now > seat.expires_at:
        watcher.refuse(SIGN_IN, seat.venue)
    else:
        _warn(hub, seat, wall_now)
        seat.room.heartbeat(seat)


def _warn(hub: Hub, seat: Seat, wall_now: float) -> None:
    expires = seat.expires
    if expires and not seat.warned and wall_now > seat.expires_at - hub.tempo.auth_warning_s:
        seat.warned = True
        seat.watcher.say(messages.AuthDue(seat.venue, expires))
