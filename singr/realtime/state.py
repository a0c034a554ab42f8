"""What a room is told: items with their faces, changes of them, and everything at once.

A face is the JSON of an item as one view may see it, made by whoever knows what the item is. None means that the view
does not see the item at all.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from singr.core.actor import Actor
from singr.realtime.messages import NoticeKind, View

VENUE = "venue"
"""The id of the item that describes the venue itself."""

NOBODY: frozenset[str] = frozenset()


class Faces(Struct, frozen=True):
    """`singer` is what other singers see, `own` what the item's owners see; both within the view `singer`."""

    host: bytes | None = None
    singer: bytes | None = None
    own: bytes | None = None
    display: bytes | None = None

    def seen(self, view: View, *, owned: bool) -> bytes | None:
        """The JSON for `view`, or None."""
        if view == "singer":
            return self.own if owned else self.singer
        return self.host if view == "host" else self.display


NO_FACES = Faces()


class News(Struct, frozen=True):
    """What a change means to the singers it concerns, for `messages.Notice`."""

    kind: NoticeKind
    reason: str | None = None


class Item(Struct, frozen=True):
    """An entry of the queue, or the venue. As an op it says: `id` is now this. Ids of entries grow in the queue's
    order.

    `news` of the venue is for whoever has something waiting there, told when it becomes so. `order` of the venue are
    its entries as they come up, where somebody decides that. `facts` is whatever its maker wants to find again; items
    without any face are such facts alone.
    """

    id: int | str
    faces: Faces
    owners: frozenset[str] = NOBODY
    news: News | None = None
    order: tuple[int | str, ...] | None = None
    facts: object = None


class Gone(Struct, frozen=True):
    """As an op: `id` is no more. `last` is how it ended, for hosts and its owners; `news` tells the owners so."""

    id: int | str
    last: Faces = NO_FACES
    owners: frozenset[str] = NOBODY
    news: News | None = None


class Delta(Struct, frozen=True):
    """One committed change of a venue, from version `prev` to `version`.

    `ops` is None when the change was too large to carry: the room then reads it from the database.
    """

    epoch: str
    prev: int
    version: int
    ops: tuple[Item | Gone, ...] | None


class Snapshot(Struct, frozen=True):
    """All items of a venue, in order, as committed at `version`."""

    epoch: str
    version: int
    items: tuple[Item, ...]


class Position(NamedTuple):
    """A place in a venue's history; versions of different epochs cannot be compared."""

    epoch: str
    version: int


class Viewer(Struct, frozen=True):
    """Who looks: a view, and for singers the keys of what is their own."""

    view: View
    owners: frozenset[str] = NOBODY


DISPLAY = Viewer("display")


class Holder(Struct, frozen=True):
    """By whose sign-in somebody looks: when that ends, so does the look."""

    user_id: UUID
    session: str
    token_id: str
    epoch: int


def holder_of(actor: Actor) -> Holder | None:
    """None for guests, whose right to look does not end."""
    if actor.user_id is None:
        return None
    return Holder(actor.user_id, actor.session, actor.token_id, actor.epoch)
