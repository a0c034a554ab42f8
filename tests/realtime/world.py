"""A venue whose whole history is known, and a screen that checks every message against it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from singr.core.errors import AuthorizationDenied, UpstreamUnavailable
from singr.http.call import Call
from singr.realtime.messages import View
from singr.realtime.state import VENUE, Delta, Faces, Gone, Item, Position, Snapshot, Viewer

HOST, DISPLAY = Viewer("host"), Viewer("display")


def singer(*owners: str) -> Viewer:
    return Viewer("singer", frozenset(owners))


class Entry(NamedTuple):
    """What the made-up database holds of a request. A `shy` one is shown to hosts and its owner only."""

    text: str
    owner: str = "nobody"
    shy: bool = False


def face(item_id: str, entry: Entry, viewer: Viewer) -> dict[str, Any] | None:
    """How a viewer should see an entry."""
    own = entry.owner in viewer.owners
    if viewer.view == "host":
        return {"id": item_id, "text": entry.text, "for": "host", "owner": entry.owner}
    if viewer.view == "singer" and own:
        return {"id": item_id, "text": entry.text, "for": "own"}
    if entry.shy:
        return None
    return {"id": item_id, "for": viewer.view} | ({"text": entry.text} if viewer.view == "display" else {})


def item(item_id: str, entry: Entry) -> Item:
    viewers = (HOST, singer(), singer(entry.owner), DISPLAY)
    faces = [None if (seen := face(item_id, entry, v)) is None else json.dumps(seen).encode() for v in viewers]
    return Item(item_id, Faces(*faces), frozenset({entry.owner}))


def venue(name: str) -> Item:
    shown = json.dumps({"name": name}).encode()
    return Item(VENUE, Faces(shown, shown, shown, shown))


class State(NamedTuple):
    name: str
    entries: dict[str, Entry]


class World:
    """The database of one venue and the Source that reads it. Nothing reaches a room unless a test delivers it."""

    def __init__(self, url_name: str = "bar") -> None:
        self.venue_id = uuid4()
        self.url_name = url_name
        self.exists = True
        self.down = False
        self.reads = 0
        self.may_read = asyncio.Event()
        self.may_read.set()
        self.hosts: set[str] = set()
        self.begin("epoch-1")

    def begin(self, epoch: str) -> None:
        """A new history."""
        self.epoch, self.version = epoch, 0
        self.history: dict[int, State] = {0: State("The Anchor", {})}

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.version)

    @property
    def now(self) -> State:
        return self.history[self.version]

    # Writes: each commits one version and returns its hint.

    def put(self, item_id: str, text: str, owner: str = "nobody", *, shy: bool = False) -> bytes:
        entry = Entry(text, owner, shy)
        return self._commit(self.now.name, self.now.entries | {item_id: entry}, {"id": item_id, "entry": entry})

    def drop(self, item_id: str) -> bytes:
        """Remove an entry (one that is not there is told as removed all the same)."""
        entries = {i: e for i, e in self.now.entries.items() if i != item_id}
        last = self.now.entries.get(item_id, Entry("unknown"))
        return self._commit(self.now.name, entries, {"id": item_id, "last": last})

    def rename(self, name: str) -> bytes:
        return self._commit(name, self.now.entries, {"id": VENUE, "name": name})

    def clear(self) -> bytes:
        """A change too large to be told."""
        return self._commit(self.now.name, {}, None)

    def _commit(self, name: str, entries: dict[str, Entry], op: dict[str, Any] | None) -> bytes:
        self.version += 1
        self.history[self.version] = State(name, entries)
        ops = None if op is None else [op]
        return json.dumps({"epoch": self.epoch, "prev": self.version - 1, "version": self.version, "ops": ops}).encode()

    # What a room is told

    def delta(self, payload: bytes) -> Delta:
        told = json.loads(payload)
        ops = told["ops"]
        told["ops"] = None if ops is None else tuple(map(_op, ops))
        return Delta(**told)

    def read(self) -> Snapshot:
        state = self.now
        items = [item(item_id, entry) for item_id, entry in state.entries.items()]
        return Snapshot(self.epoch, self.version, (venue(state.name), *items))

    async def snapshot(self, venue_id: UUID) -> Snapshot | None:
        self._answer()
        self.reads += 1
        snapshot = self.read() if self.exists and venue_id == self.venue_id else None
        await self.may_read.wait()
        return snapshot

    async def versions(self, venue_ids: list[UUID]) -> dict[UUID, Position]:
        self._answer()
        return {self.venue_id: self.position} if self.exists and self.venue_id in venue_ids else {}

    async def find(self, url_name: str) -> UUID | None:
        self._answer()
        return self.venue_id if url_name == self.url_name and self.exists else None

    async def admit(self, call: Call, venue_id: UUID, view: View) -> Viewer:
        if view == "host" and str(call.actor) not in self.hosts:
            raise AuthorizationDenied
        return HOST if view == "host" else singer(f"device:{call.device}")

    def _answer(self) -> None:
        if self.down:
            raise UpstreamUnavailable("the database does not answer")

    # What a screen should show

    def shown(self, version: int, viewer: Viewer) -> dict[str, Any]:
        state = self.history[version]
        seen = {i: f for i, entry in state.entries.items() if (f := face(i, entry, viewer)) is not None}
        return {"venue": {"name": state.name}, "requests": seen}


def _op(op: dict[str, Any]) -> Item | Gone:
    if "entry" in op:
        return item(op["id"], Entry(*op["entry"]))
    if "name" in op:
        return venue(op["name"])
    entry = Entry(*op["last"])
    host, own = face(op["id"], entry, HOST), face(op["id"], entry, singer(entry.owner))
    return Gone(op["id"], Faces(host=json.dumps(host).encode(), own=json.dumps(own).encode()), frozenset({entry.owner}))


class Screen:
    """A client as the protocol wants it. It fails on a gap and whenever it shows what the database never held."""

    def __init__(self, world: World, viewer: Viewer, *, epoch: str = "", version: int = -1) -> None:
        self.world, self.viewer = world, viewer
        self.epoch, self.version = epoch, version
        self.venue: dict[str, Any] = {}
        self.requests: dict[str, dict[str, Any]] = {}
        self.said: list[dict[str, Any]] = []
        self.snapshots = 0

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.version)

    def hear(self, message: dict[str, Any]) -> None:
        self.said.append(message)
        if message["type"] == "snapshot":
            self.snapshots += 1
            self.epoch, self.venue = message["epoch"], message["venue"]
            self.requests = {r["id"]: r for r in message["requests"]}
        elif message["type"] == "delta":
            assert message["epoch"] == self.epoch
            assert message["prev"] == self.version, "a gap, or something told twice"
            for op in message["ops"]:
                self._apply(op)
        else:
            return
        self.version = message["version"]
        assert self.showing() == self.world.shown(self.version, self.viewer)

    def _apply(self, op: dict[str, Any]) -> None:
        if op["op"] == "venue":
            self.venue = op["venue"]
        elif op["op"] == "upsert":
            self.requests[op["id"]] = op["request"]
        else:
            self.requests.pop(op["id"], None)

    def showing(self) -> dict[str, Any]:
        return {"venue": self.venue, "requests": self.requests}

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.said if message["type"] == kind]


def parsed(event: bytes) -> dict[str, Any]:
    """The message inside one server-sent event."""
    lines = dict(line.split(": ", 1) for line in event.decode().splitlines() if line)
    message: dict[str, Any] = json.loads(lines["data"])
    assert message["type"] == lines["event"]
    if message["type"] in ("snapshot", "delta"):
        assert lines["id"] == f"{message['epoch']}:{message['version']}"
    return message
