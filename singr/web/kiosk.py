"""The singer page on a tablet that many share: reached by a signed link, and each of its visits is a phone of its own.

So nothing of one singer is left for the next: neither name nor requests, and no limit counts them as one.
"""

from __future__ import annotations

from uuid import UUID

from aiohttp import web
from msgspec import Struct

from singr.core import ids
from singr.core.errors import NotFound
from singr.core.secrets import Signer
from singr.core.settings import Settings
from singr.http.call import Call
from singr.http.device import Devices
from singr.infra.sql import maybe
from singr.venues import editing, venues
from singr.web import singer_view
from singr.web.finding import Looking
from singr.web.singer_view import Asking
from singr.web.words import COOKIE


class KioskRow(Struct):
    id: UUID
    url_name: str
    series: str | None


class KioskLink(Struct):
    """`path` is where the tablet goes; null while there is no link."""

    path: str | None


OF_VENUE = maybe("kiosk_of_venue", KioskRow)
BY_URL_NAME = maybe("kiosk_by_url_name", KioskRow)


async def show_link(call: Call, venue_id: UUID) -> KioskLink:
    """The link for a venue's shared tablets."""
    row = await OF_VENUE(call.kit.db, tenant=call.tenant, venue_id=venue_id)
    if row is None:
        raise NotFound("no such venue")
    return KioskLink(_path(call.kit.settings, row) if row.series else None)


async def make_link(call: Call, venue_id: UUID) -> KioskLink:
    """A new link; the one before holds no longer."""
    await editing.put(call, call.tenant, venue_id, {"kiosk": ids.token(6)})
    return await show_link(call, venue_id)


async def revoke_link(call: Call, venue_id: UUID) -> None:
    """Tablets that have the link show an ordinary page that it is gone."""
    await editing.put(call, call.tenant, venue_id, {"kiosk": None})


async def show(call: Call, request: web.Request, url_name: str, token: str) -> web.Response:
    """The singer page as a shared tablet has it, with an identity made for this visit."""
    row = await BY_URL_NAME(call.kit.db, url_name=url_name)
    settings = call.kit.settings
    if row is None or row.series is None or _signer(settings).verify(token) != _text(row):
        raise NotFound("this link holds no longer")
    venue = await venues.row_by_url_name(call.kit.db, url_name)
    response = await singer_view.page(call, request, venue, [], Looking(), Asking(), kiosk=_path(settings, row))
    response.cookies.pop(COOKIE, None)  # a language is chosen for this visit alone
    devices = Devices(settings.auth_secret, secure=settings.base_url.startswith("https:"))
    devices.attach(response.headers, devices.new())
    return response


def _path(settings: Settings, row: KioskRow) -> str:
    return f"/v/{row.url_name}/kiosk/{_signer(settings).sign(_text(row))}"


def _text(row: KioskRow) -> str:
    return f"{row.id.hex}.{row.series}"


def _signer(settings: Settings) -> Signer:
    return Signer(settings.auth_secret, "kiosk")
