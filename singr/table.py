"""The tables that say what can be asked of Singr: calls, OpenKJ commands, jobs (live ones: `realtime/messages.py`).

`singr routes` prints them; `tests/laws/routes.txt` is the golden copy.
"""

from __future__ import annotations

from singr import operations
from singr.alerts import jobs as alerts
from singr.analytics import counting
from singr.analytics.routes import ROUTES as ANALYTICS
from singr.http import openapi, replay
from singr.http.call import Call
from singr.http.guard import PUBLIC
from singr.http.reply import Reply
from singr.http.route import Route, Row
from singr.identity import jobs as identity
from singr.identity.routes import ROUTES as IDENTITY
from singr.imports import jobs as imports
from singr.imports.routes import ROUTES as IMPORTS
from singr.infra.work import Job
from singr.keys.routes import ROUTES as KEYS
from singr.notifications import jobs as notifications
from singr.openkj import jobs as openkj
from singr.openkj.commands import COMMANDS
from singr.openkj.routes import ROUTES as OPENKJ
from singr.organization.routes import ROUTES as ORGANIZATION
from singr.queue import blocks
from singr.queue import replay as submissions
from singr.queue.routes import ROUTES as QUEUE
from singr.realtime import asyncapi
from singr.realtime.routes import ROUTES as LIVE
from singr.singers.routes import ROUTES as SINGERS
from singr.songs import jobs as songs
from singr.songs.routes import ROUTES as SONGS
from singr.systems.routes import ROUTES as SYSTEMS
from singr.venues.routes import ROUTES as VENUES
from singr.web.routes import ROUTES as WEB

__all__ = ["COMMANDS", "JOBS", "ROUTES", "page"]


async def describe(_call: Call) -> Reply:
    """The API as an OpenAPI 3.1 document."""
    return Reply(openapi.text(ROUTES), "application/json")


async def describe_live(_call: Call) -> Reply:
    """The live messages as an AsyncAPI 3.0 document."""
    return Reply(asyncapi.text(), "application/yaml")


ROUTES: tuple[Row, ...] = (
    *operations.ROUTES,
    Route("GET", "/openapi.json", describe, may=PUBLIC, rate=operations.EVERY_MONITOR),
    Route("GET", "/asyncapi.yaml", describe_live, may=PUBLIC, rate=operations.EVERY_MONITOR),
    *IDENTITY,
    *ORGANIZATION,
    *VENUES,
    *SYSTEMS,
    *SONGS,
    *IMPORTS,
    *KEYS,
    *QUEUE,
    *ANALYTICS,
    *SINGERS,
    *LIVE,
    *WEB,
    *OPENKJ,
)

JOBS: tuple[Job, ...] = (
    *replay.JOBS,
    *submissions.JOBS,
    *blocks.JOBS,
    *counting.JOBS,
    *songs.JOBS,
    *imports.JOBS,
    *alerts.JOBS,
    *openkj.JOBS,
    *notifications.JOBS,
    *identity.JOBS,
)


def page() -> str:
    """The route page: a line a call, sorted by path, then OpenKJ's commands and the jobs."""
    calls = [
        f"{row.method:<6} {path:<58} {row.may!s:<20} {row.rate!s:<20} {row.name}"
        for row in ROUTES
        for path in (row.path, *row.aliases)
    ]
    calls.sort(key=lambda line: line.split()[1::-1])
    commands = [f"OpenKJ {name}" for name in sorted(COMMANDS)]
    jobs = [f"job    {job.name:<58} {job.cron or 'when posted'}" for job in sorted(JOBS, key=lambda job: job.name)]
    return "\n".join([*calls, *commands, *jobs]) + "\n"
