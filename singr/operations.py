"""What operators and monitors ask: alive, ready, metrics, and the API's description."""

from __future__ import annotations

import hmac

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from singr.core.errors import AuthenticationFailed
from singr.http.call import Call
from singr.http.guard import PUBLIC, Rule
from singr.http.route import Route
from singr.infra.limits import Rate
from singr.infra.redis import answers
from singr.infra.sql import value
from singr.realtime.hub import HUB
from singr.telemetry.health import Health, examine

SWEEP_AGE_MAX_S = 10

POSTGIS = value("postgis_version", str)


class NotReady(Exception):
    """A condition of readiness does not hold."""


async def healthz(_call: Call) -> Health:
    """Whether the process is alive. Asks nobody."""
    return Health("ok", {})


async def readyz(call: Call, request: web.Request) -> web.Response:
    """Whether calls may be sent here: 200 while the database is there and live views are true, else 503.

    Without Redis we serve on and say "degraded".
    """
    kit, live = call.kit, request.app[HUB]
    health = await examine(
        {"database": lambda: POSTGIS(kit.db), "live": lambda: _agreed(live.sweep_age_s < SWEEP_AGE_MAX_S)},
        {
            "redis": lambda: answers(kit.redis),
            "bus": lambda: _agreed(kit.bus.listening),
            "queue": lambda: kit.jobs.saq.count("queued"),
        },
    )
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return web.Response(body=msgspec.json.encode(health), status=200 if health.status == "ok" else 503, headers=headers)


async def _agreed(holds: bool) -> None:
    if not holds:
        raise NotReady


async def metrics(call: Call, request: web.Request) -> web.Response:
    """Prometheus' metrics; with METRICS_TOKEN set only for its bearer."""
    wanted = call.kit.settings.metrics_token
    given = request.headers.get("Authorization", "")
    if wanted and not hmac.compare_digest(f"Bearer {wanted}".encode(), given.encode(errors="replace")):
        raise AuthenticationFailed
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


MONITOR = Rule("metrics token", anonymous=True, inside=True)
EVERY_MONITOR = Rate(600, per_s=60, by="address")

ROUTES = (
    Route("GET", "/healthz", healthz, may=PUBLIC, rate=EVERY_MONITOR, returns=Health, quiet=True),
    Route("GET", "/readyz", readyz, may=PUBLIC, rate=EVERY_MONITOR, returns=Health, raw=True, quiet=True),
    Route("GET", "/metrics", metrics, may=MONITOR, rate=EVERY_MONITOR, raw=True, quiet=True),
)
