"""A double of OpenKJ 2.1's and SongbookAgent 1.1's request client, as they were observed (openkj.md, part B)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.openkj import library
from tests.openkj.qt import parse, to_array, to_bool, to_int, to_json, to_object, to_string
from tests.openkj.wire import Answer, HungUp, Manager


class Row(NamedTuple):
    """A request on the KJ's screen. Two lists are compared without the key change."""

    request_id: int
    singer: str
    artist: str
    title: str
    request_time: int


class Venue(NamedTuple):
    venue_id: int
    name: str
    url_name: str
    accepting: bool


class OpenKJ:
    """What the operator sees is `rows`, `venues`, `venue_id`, `box` (accepting), `modals` and `log`."""

    is_standalone = False

    def __init__(self, host: str, port: int, path: str, api_key: str, venue_id: int = 0) -> None:
        self.manager = Manager(host, port, path)
        self.api_key, self.venue_id, self.system_id = api_key, venue_id, 1
        self.serial = 0
        self.rows: list[Row] = []
        self.key_changes: list[int] = []
        self.venues: list[Venue] = []
        self.system_ids_max = 1
        self.box = False
        self.modals: list[tuple[str, str]] = []
        self.log: list[str] = []
        self.synced: list[Answer] = []
        self.heard = {
            "getSerial": self._on_get_serial,
            "getRequests": self._on_get_requests,
            "getVenues": self._on_get_venues,
            "getAlert": self._on_get_alert,
            "getEntitledSystemCount": self._on_get_entitled_system_count,
            "setAccepting": self._on_action,
            "deleteRequest": self._on_action,
            "clearRequests": self._on_action,
        }

    # What the operator does.

    async def start(self) -> None:
        """The burst at start, in parallel: no getRequests until the first tick."""
        await asyncio.gather(self.ask("getEntitledSystemCount"), self.ask("getVenues"), self.ask("getAlert"))

    async def tick(self) -> None:
        await self.ask("getSerial")

    async def refresh(self) -> None:
        await asyncio.gather(self._ask_requests(), self.ask("getVenues"))

    async def delete(self, request_id: int) -> None:
        await self.ask("deleteRequest", venue_id=self.venue_id, request_id=request_id)

    async def clear(self) -> None:
        await self.ask("clearRequests", venue_id=self.venue_id)

    async def click_accepting(self, accepting: bool) -> None:
        """The box shows the click whatever comes; an alert is fetched in parallel."""
        self.box = accepting
        given = {"venue_id": self.venue_id, "accepting": accepting, "system_id": self.system_id}
        await asyncio.gather(self.ask("getAlert"), self.ask("setAccepting", **given))

    async def test(self) -> str:
        """The *Test* button: "" when it passes, else what the dialog shows."""
        try:
            answer = await self.manager.post(self._body("getSerial", {}))
        except HungUp:
            return "Connection closed"
        if answer.status >= 400:
            return "Host requires authentication" if answer.status == 401 else "Error transferring URL"
        found = parse(answer.body)
        if shown := to_string(found.get("errorString")):
            return shown
        passes = to_string(found.get("command")) == "getSerial" and to_int(found.get("serial"))
        return "" if passes or to_bool(found.get("error")) else "Unknown error"

    def documents(self, songs: list[library.Song]) -> Iterator[list[dict[str, str]]]:
        return library.documents_of_openkj(songs)

    async def sync(self, songs: list[library.Song], cancel_after: int | None = None) -> None:
        """Clear, then one document after the other, whatever is answered. Each has a manager of its own, never freed.
        Cancelled after `cancel_after` documents, without notice."""
        await self.send("clearDatabase", {"system_id": self.system_id})
        for number, document in enumerate(self.documents(songs)):
            if number == cancel_after:
                return
            await self.send("addSongs", {"songs": document, "system_id": self.system_id})

    # What the program does.

    async def ask(self, command: str, **given: Any) -> None:
        try:
            answer = await self.manager.post(self._body(command, given))
        except HungUp:
            self.log.append("network error")
            return
        if answer.status >= 400:
            self.log.append(f"network error {answer.status}")
            return
        await self._dispatch(parse(answer.body))

    async def _dispatch(self, answer: dict[str, Any]) -> None:
        """By the answer's own command, exact case, whatever was asked."""
        if to_bool(answer.get("error")):
            self.log.append(to_string(answer.get("errorString")))
            return
        heard = self.heard.get(to_string(answer.get("command")))
        if heard:
            await heard(answer)

    async def _on_get_serial(self, answer: dict[str, Any]) -> None:
        serial = to_int(answer.get("serial"))
        if serial == 0:
            self.log.append("server didn't return a serial")
        elif serial != self.serial:
            self.serial = serial
            await self.refresh()

    async def _on_get_requests(self, answer: dict[str, Any]) -> None:
        found = [to_object(row) for row in to_array(answer.get("requests"))]
        self.key_changes = [to_int(row.get("key_change")) for row in found]
        self.rows = [
            Row(
                to_int(row.get("request_id")),
                to_string(row.get("singer")),
                to_string(row.get("artist")),
                to_string(row.get("title")),
                to_int(row.get("request_time")),
            )
            for row in found
        ]

    async def _on_get_venues(self, answer: dict[str, Any]) -> None:
        found = [
            Venue(
                to_int(v.get("venue_id")),
                to_string(v.get("name")),
                to_string(v.get("url_name")),
                to_bool(v.get("accepting")),
            )
            for v in map(to_object, to_array(answer.get("venues")))
        ]
        if found != self.venues:
            self.venues = found
            self._choose_venue()
            await self.ask("getEntitledSystemCount")

    def _choose_venue(self) -> None:
        """The configured one if listed, else the first, and that is saved. An empty list saves 0."""
        listed = {venue.venue_id: venue for venue in self.venues}
        if self.venue_id not in listed:
            self.venue_id = next(iter(listed), 0)
        if self.venue_id in listed:
            self.box = listed[self.venue_id].accepting

    async def _on_get_alert(self, answer: dict[str, Any]) -> None:
        if to_bool(answer.get("alert")):
            self.modals.append((to_string(answer.get("title")), to_string(answer.get("message"))))
            self.venues = []
            await self.ask("getVenues")

    async def _on_get_entitled_system_count(self, answer: dict[str, Any]) -> None:
        self.system_ids_max = to_int(answer.get("count"))
        self.system_id = min(self.system_id, self.system_ids_max)

    async def _on_action(self, _answer: dict[str, Any]) -> None:
        await self.refresh()

    async def _ask_requests(self) -> None:
        await self.ask("getRequests", venue_id=self.venue_id)

    async def send(self, command: str, given: dict[str, Any]) -> None:
        manager = Manager(self.manager.host, self.manager.port, self.manager.path)
        try:
            self.synced.append(await manager.post(self._body(command, given)))
        except HungUp:
            self.log.append("network error")

    def _body(self, command: str, given: dict[str, Any]) -> bytes:
        told = {"app": "standalone"} if self.is_standalone and command == "getAlert" else {}
        return to_json({"api_key": self.api_key, "command": command, **told, **given})

    async def close(self) -> None:
        await self.manager.close()


class Agent(OpenKJ):
    """SongbookAgent: asks for requests after every venue list, for its first venue and venue 0 as well."""

    is_standalone = True

    def __init__(self, host: str, port: int, path: str, api_key: str, venue_id: int = 0) -> None:
        super().__init__(host, port, path, api_key, venue_id)
        self.heard["sacCurVersion"] = self._on_sac_cur_version

    def documents(self, songs: list[library.Song]) -> Iterator[list[dict[str, str]]]:
        return library.documents_of_agent(songs)

    async def start(self) -> None:
        await asyncio.gather(self.ask("sacCurVersion"), super().start())

    async def _on_get_venues(self, answer: dict[str, Any]) -> None:
        before = self.venues
        await super()._on_get_venues(answer)
        asked = [self.venue_id]
        if self.venues != before and self.venues:
            asked = [self.venues[0].venue_id, 0, self.venue_id]
        await asyncio.gather(*(self.ask("getRequests", venue_id=number) for number in asked))

    async def _on_sac_cur_version(self, answer: dict[str, Any]) -> None:
        """Newer than 1.1.44: a modal update dialog."""
        newest = tuple(to_int(answer.get(f"stable_lin_{part}")) for part in ("major", "minor", "build"))
        if newest > (1, 1, 44):
            self.modals.append(("Update", to_string(answer.get("stable_url_lin"))))
