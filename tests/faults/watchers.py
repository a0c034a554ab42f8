"""Those who watch: the reference client, noting all it shows; some of them sleep or stop reading when told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from singr.client import Live, Status
from singr.client.ways import Events, Link, Socket
from singr.core.secrets import Signer
from singr.http.device import HEADER
from tests.faults.city import SECRET
from tests.faults.journal import Shown, digest

DEVICES = Signer(SECRET, "device")


def device(name: str) -> dict[str, str]:
    """The header by which the server knows this phone."""
    return {HEADER: DEVICES.sign(name)}


class Watcher(Live):
    """`name` is also the device, `receipt` of a request that is its own. `note` gets everything it shows."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base: str | Callable[[], str],
        name: str,
        venue: str,
        view: str,
        kind: type[Socket] | type[Events],
        sign_in: Callable[[], Awaitable[Mapping[str, str]]],
        note: Callable[[Shown], None],
    ) -> None:
        self.name, self.at_venue, self.as_view, self.kind = name, venue, view, kind
        self._sign_in, self._note = sign_in, note
        self._doors = session
        self.asleep = False
        self.receipt: str | None = None
        super().__init__(
            session, base, venue, view, ticket=self._fetch_ticket, headers=self._credentials, kinds=(self._connection,)
        )
        self.told.append(self.note)

    def note(self) -> None:
        """What it shows now."""
        shown = list(self.requests.values())
        rows = [(r["id"], r.get("artist", ""), r.get("title", "")) for r in shown]
        venues = frozenset(artist for _, artist, _ in rows)
        secrets = frozenset(r["notes"] for r in shown if r.get("notes"))
        status = "asleep" if self.asleep else self.status
        where = (self.name, self.at_venue, self.as_view, time.time(), status, self.epoch, self.version)
        self._note(Shown(*where, digest(rows), venues, secrets))

    def _connection(self, link: Link) -> Any:
        self._current = self.kind(link)
        return self._current

    async def _credentials(self) -> Mapping[str, str]:
        headers = device(self.name)
        return headers | dict(await self._sign_in()) if self.as_view == "host" else headers

    async def _fetch_ticket(self) -> str | None:
        if self.as_view == "display":
            return None
        base = self._base if isinstance(self._base, str) else self._base()
        body = {"venue": self.at_venue, "view": self.as_view}
        if self.receipt:
            body["trackingToken"] = self.receipt
        headers = await self._credentials()
        async with self._doors.post(f"{base}/v1/live/tickets", json=body, headers=headers) as answer:
            answer.raise_for_status()
            ticket: str = (await answer.json())["ticket"]
            return ticket

    def deafen(self, *, deaf: bool = True) -> None:
        """The network between us and the server stalls, or flows again."""
        way = getattr(self, "_current", None)
        answer = way._socket._response if isinstance(way, Socket) and way._socket else getattr(way, "_answer", None)
        connection = answer.connection if answer is not None else None
        if connection is not None and connection.transport is not None and not connection.transport.is_closing():
            (connection.transport.pause_reading if deaf else connection.transport.resume_reading)()

    def sleep(self) -> None:
        """As a phone whose lid is closed: no code of ours runs, and we show nothing."""
        self.asleep = True
        self.deafen()
        self.note()

    def wake(self) -> None:
        self.asleep = False
        self.deafen(deaf=False)
        self._judge()
        self.note()

    def _quiet_for(self, beats: float) -> bool:
        return not self.asleep and super()._quiet_for(beats)

    def _verdict(self) -> Status:
        return self.status if self.asleep else super()._verdict()

    async def waits_until(self, condition: Callable[[Watcher], bool], deadline: float) -> bool:
        while not condition(self):
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.1)
        return True
