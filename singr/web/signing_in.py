"""The way out to a sign-in service and back, as a browser walks it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from singr.core.errors import ValidationFailed
from singr.http import decode
from singr.http.call import Call
from singr.identity import oidc
from singr.identity.oidc import Returned, Start
from singr.identity.oidc_flows import FLOW_LIFE_S

# Apple's form holds a code, a state, an ID token and a name.
FORM_MOST, FIELDS_MOST = 1 << 16, 20
NOT_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


async def start(call: Call, request: web.Request, provider: str) -> web.Response:
    """On to another service, to sign in there; then back to the page `next`, which finds a code after `#oauth=`."""
    address, ticket = await oidc.begin(call, provider, decode.query(request, Start))
    response = _on_to(address)
    response.set_cookie(
        ticket.name,
        ticket.secret,
        max_age=FLOW_LIFE_S,
        path="/",
        httponly=True,
        secure=ticket.is_secure,
        samesite="None" if ticket.travels else "Lax",
    )
    return response


async def callback(call: Call, request: web.Request, provider: str) -> web.Response:
    """Back from another service, whose answer stands in the query."""
    return _on_to(await oidc.finish(call, provider, decode.query(request, Returned), request.cookies))


async def callback_by_form(call: Call, request: web.Request, provider: str) -> web.Response:
    """Back from another service, whose answer stands in a form (Apple)."""
    return _on_to(await oidc.finish(call, provider, await _form(request), request.cookies))


def _on_to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address} | NOT_KEPT)


async def _form(request: web.Request) -> Returned:
    raw = await decode.read(request, FORM_MOST)
    try:
        fields = dict(parse_qsl(raw.decode(), max_num_fields=FIELDS_MOST))
        return msgspec.convert(fields, Returned)
    except ValueError as exc:
        raise ValidationFailed("the form cannot be read") from exc
