"""What a venue's stream has told so far: the venue, its waiting requests in order, and the place in its history."""

from __future__ import annotations

from typing import Any

Message = dict[str, Any]


class Lost(Exception):
    """The server has moved on in a way its messages do not explain: only a snapshot helps."""


class Ledger:
    """`version` is -1 and `epoch` empty before the first snapshot; `requests` by id, in the queue's order."""

    def __init__(self) -> None:
        self.epoch, self.version = "", -1
        self.venue: Message = {}
        self.requests: dict[int, Message] = {}

    @property
    def position(self) -> Message:
        """Where to resume, for `hello`; empty before the first snapshot."""
        return {"epoch": self.epoch, "version": self.version} if self.epoch else {}

    def take(self, message: Message) -> bool:
        """Apply a snapshot, delta or heartbeat; whether anything has changed. Raises Lost."""
        if message["type"] == "snapshot":
            self.epoch, self.version, self.venue = message["epoch"], message["version"], message["venue"]
            self.requests = {request["id"]: request for request in message["requests"]}
            return True
        if message["epoch"] != self.epoch:
            raise Lost
        if message["type"] == "heartbeat" or message["version"] <= self.version:
            return False
        if message["prev"] != self.version:
            raise Lost
        self.version = message["version"]
        for op in message["ops"]:
            self._apply(op)
        return True

    def _apply(self, op: Message) -> None:
        if op["op"] == "venue":
            self.venue = op["venue"]
        elif op["op"] == "upsert":
            self.requests[op["id"]] = op["request"]
        else:
            self.requests.pop(op["id"], None)
