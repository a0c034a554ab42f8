"""What one process remembers of the keys it serves: when it last stamped each, and whose serial it owes a move."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID
from weakref import WeakKeyDictionary

from singr.infra.kit import Kit
from singr.infra.postgres import Database
from singr.openkj.keys import Key

STAMP_EVERY_S = 10
MOST = 100_000


class Desk:
    def __init__(self) -> None:
        self._stamped_at_s: dict[UUID, float] = {}
        self.unstamped: list[Key] = []
        self._owed: set[str] = set()
        self._tenants: OrderedDict[str, UUID] = OrderedDict()

    def is_due(self, key_id: UUID, now_s: float) -> bool:
        """Whether a key's stamp is old enough for a new one, which counts from now."""
        if now_s - self._stamped_at_s.get(key_id, float("-inf")) < STAMP_EVERY_S:
            return False
        if len(self._stamped_at_s) >= MOST:
            self._stamped_at_s = {k: at for k, at in self._stamped_at_s.items() if now_s - at < STAMP_EVERY_S}
        self._stamped_at_s[key_id] = now_s
        return True

    def seen(self, digest: str, tenant: UUID) -> None:
        """A key was good; the least recent is forgotten where there are too many."""
        self._tenants[digest] = tenant
        self._tenants.move_to_end(digest)
        if len(self._tenants) > MOST:
            self._owed.discard(self._tenants.popitem(last=False)[0])

    def knows(self, digest: str) -> bool:
        """Whether the key was good here before; it may have been revoked since."""
        return digest in self._tenants

    def owe(self, digest: str) -> UUID | None:
        """Remember that this key's client missed what its serial announced; whose serial, for keys known here."""
        if tenant := self._tenants.get(digest):
            self._owed.add(digest)
        return tenant

    def owes(self, digest: str) -> bool:
        return digest in self._owed

    def settled(self, digest: str) -> None:
        self._owed.discard(digest)


_desks: WeakKeyDictionary[Database, Desk] = WeakKeyDictionary()


def of(kit: Kit) -> Desk:
    """The desk of a process, of which a kit's database pool is the mark."""
    desk = _desks.get(kit.db)
    if desk is None:
        desk = _desks[kit.db] = Desk()
    return desk
