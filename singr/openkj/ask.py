"""What a command is given, and the row that describes one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import Struct

from singr.http.call import Call
from singr.infra.sql import Runs
from singr.openkj import keys
from singr.openkj.keys import Key
from singr.openkj.shapes import Bare

Shape = TypeVar("Shape", bound=Struct)
Found = TypeVar("Found", bound=Key)


@dataclass(frozen=True, slots=True)
class Ask(Generic[Shape, Found]):
    """One call of an admitted key: `call` is in its name, `digest` the key's SHA-256, `given` the command's fields."""

    call: Call
    digest: str
    given: Shape
    key: Found


async def by_key(on: Runs, digest: str, _given: Struct) -> Key:
    return await keys.find(on, digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the command table.

    `run` gives the answer's members after `error`; `find` admits the key, and may read more in the same statement.
    A `poll` shows that the KJ's computer is connected. What a client fetches because the serial moved is `owed` to it
    when it fails: it would not ask again. A `sync` command is rather kept waiting than refused, since the client would
    not send its songs again, and leaves its connection open unless we close it. A key must be issued for `scope`.
    """

    run: Callable[[Ask[Any, Any]], Awaitable[bytes]]
    shape: type[Struct] = Bare
    find: Callable[[Runs, str, Any], Awaitable[Key]] = by_key
    poll: bool = False
    owed: bool = False
    sync: bool = False
    scope: str = "requests"
