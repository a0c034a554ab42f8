"""Polls leave a stamp: singers see whether the KJ's computer is connected, hosts when it last collected."""

from __future__ import annotations

import asyncio

from singr.http.call import Call
from singr.infra.sql import none
from singr.openkj import desk
from singr.openkj.keys import Key

STAMP = none("openkj_seen")


def note(call: Call, key: Key) -> None:
    """Stamp the key and its tenant's venues after the answer, at most every 10 s: getSerial names no venue."""
    if desk.of(call.kit).is_due(key.id, asyncio.get_running_loop().time()):
        given = {**call.audit, "key_id": key.id, "tenant": key.tenant}
        call.kit.aside.run("openkj_presence", lambda: STAMP(call.kit.db, **given))
