"""Mounts compiled rows on an aiohttp application: aliases, HEAD, CORS, and what no row answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NoReturn

import aiohttp_cors
from aiohttp import hdrs, web

from singr.core.errors import MethodNotAllowed, NotFound
from singr.http.call import Call
from singr.http.endpoint import Endpoint, Gate
from singr.http.guard import PUBLIC
from singr.http.route import Route, Row, Tell
from singr.infra.limits import Rate
from singr.telemetry.calls import CallLog
from singr.telemetry.logs import redact

OPEN_TO_ALL = ("/v1/public/", "/v1/live", "/openapi.json", "/v1/auth/well-known/")
EXPOSED = (
    "ETag",
    "Idempotency-Replayed",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-Id",
    "X-Singr-Device",
)
PREFLIGHT_MAX_AGE_S = 3600


def mount(app: web.Application, rows: Sequence[Row], gate: Gate, *, tells: Tell | None = None) -> None:
    """Add every row and its aliases, then the catch-all that answers 404 and 405 as problems, or as `tells` does."""
    cors = aiohttp_cors.setup(app)
    for row in rows:
        endpoint = Endpoint(row, gate)
        for path in (row.path, *row.aliases):
            route = app.router.add_route(row.method, path, endpoint.answer)
            _allow_origins(cors, route, path, gate.kit.settings.cors_origins)
            if row.method == hdrs.METH_GET:
                app.router.add_route(hdrs.METH_HEAD, path, endpoint.answer)
    app.on_cleanup.append(partial(_write, gate.log))
    rate = Rate(3000, per_s=60, by="address")
    nowhere = Route("*", "/{rest:.*}", refuse, may=PUBLIC, rate=rate, raw=True, quiet=True, tells=tells)
    app.router.add_route("*", nowhere.path, Endpoint(nowhere, gate).answer)


async def _write(log: CallLog, _app: web.Application) -> None:
    log.write()


async def refuse(_call: Call, request: web.Request, rest: str) -> NoReturn:
    """Says that there is nothing here, or nothing by this method."""
    for resource in request.app.router.resources():
        match, allowed = await resource.resolve(request)
        if match is None and allowed:
            raise MethodNotAllowed(allowed - {hdrs.METH_OPTIONS})
    raise NotFound(redact(f"nothing at /{rest}")[:200])


def _allow_origins(
    cors: aiohttp_cors.CorsConfig, route: web.AbstractRoute, path: str, origins: tuple[str, ...]
) -> None:
    open_to_all = path.startswith(OPEN_TO_ALL)
    options = aiohttp_cors.ResourceOptions(  # type: ignore[no-untyped-call]
        allow_credentials=not open_to_all,
        expose_headers=EXPOSED,
        allow_headers="*",
        max_age=PREFLIGHT_MAX_AGE_S,
    )
    allowed = ("*",) if open_to_all else origins
    if allowed:
        cors.add(route, dict.fromkeys(allowed, options))
