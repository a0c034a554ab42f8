"""Alerts for a tenant's OpenKJ, each shown as long as its window lasts.

OpenKJ fetches them at start, every 10 minutes and just before it opens or closes a venue, and acknowledges none. One
that is dropped after its first fetch may have gone to the hidden object behind OpenKJ's *Test* button; one that stays
opens a message box each time. So there is a window, and the same words never open a second one while it lasts.
"""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from singr.core.text import plain
from singr.infra.sql import Runs, many, none

# OpenKJ's 600 s, and the 5 % by which Qt lets such a timer be late.
WINDOW_S = 630


class Alert(Struct):
    title: str
    message: str


RAISE = none("alert_raised")
CURRENT = many("alerts_current", Alert)


async def raise_alert(
    on: Runs, tenant: UUID, kind: str, title: str, message: str, *, window_s: float = WINDOW_S
) -> None:
    """Tell the tenant's KJ. A newer alert of the same `kind` replaces the older; markup is made harmless, since Qt
    renders whatever looks like HTML."""
    await RAISE(on, tenant=tenant, kind=kind, title=plain(title), message=plain(message), window_s=window_s)


async def current(on: Runs, tenant: UUID) -> list[Alert]:
    """What is to be told now, oldest first; at most five."""
    return await CURRENT(on, tenant=tenant)
