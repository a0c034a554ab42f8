"""What operators and monitors ask: alive, ready, metrics, and the API's description."""

from __future__ import annotations

import hmac

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from singr.core.errors import AuthenticationFailed
from singr.http.call import Call
from singr.http.guard import PUBLIC, Rule
from singr.http.reply import Reply
from singr.http.route import Route
from singr.infra.limits import Rate
from singr.infra.sql import value
from singr.telemetry.health import Health, examine

POSTGIS = value("postgis_version", str)


async def healthz(_call: Call) -> Health:
    """Whether the process is alive. Asks nobody."""
    return Health("ok", {})


async def readyz(call: Call) -> Reply:
    """Whether calls may be sent here: 200 with the database there, 503 without. Redis away is only "degraded"."""
    kit = call.kit
    health = await examine(
        {"database": lambda: POSTGIS(kit.db)},
        {"redis": kit.redis.ping, "queue": lambda: kit.jobs.saq.count("queued")},
    )
    status = 200 if health.status == "ok" else 503
    return Reply(msgspec.json.encode(health), "application/json", status, {"Cache-Control": "no-store"})


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
    Route("GET", "/readyz", readyz, may=PUBLIC, rate=EVERY_MONITOR, returns=Health, quiet=True),
    Route("GET", "/metrics", metrics, may=MONITOR, rate=EVERY_MONITOR, raw=True, quiet=True),
)
