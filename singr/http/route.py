"""What can be asked: one frozen record an endpoint. `singr/table.py` gathers all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from aiohttp import web

from singr.core.errors import Problem
from singr.http.guard import Rule
from singr.infra.limits import Rate

MIB = 1 << 20
Tell = Callable[[web.Request, Problem], web.Response | None]
"""Makes the answer to a problem; None where problem+json will do."""

# What an organization's people may ask of a route together.
MANAGING = Rate(100, per_s=60, by="organization")


@dataclass(frozen=True, slots=True)
class Cache:
    """Answers of a public GET: how long a browser may reuse one without asking, and how long after that while it asks;
    an ETag comes with it."""

    max_age_s: int = 0
    stale_s: int = 0

    def __str__(self) -> str:
        stale = f", stale-while-revalidate={self.stale_s}" if self.stale_s else ""
        return f"public, max-age={self.max_age_s}{stale}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """See `Route`."""

    method: str
    path: str
    handler: Callable[..., Any]
    may: Rule
    rate: Rate
    body: type | None = None
    query: type | None = None
    returns: type | None = None
    status: int = 200
    raises: tuple[type[Problem], ...] = ()
    body_limit: int = MIB
    cache: Cache | None = None
    raw: bool = False
    quiet: bool = False
    replay: bool = False
    takes: tuple[str, ...] = ()
    gives: str = ""
    live: bool = False
    tells: Tell | None = None
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`queue.requests.submit_as_guest`: the operation's id, and its label in metrics."""
        return f"{self.handler.__module__.removeprefix('singr.')}.{self.handler.__name__}"

    @property
    def path_types(self) -> dict[str, type]:
        """The types of the path's parameters, from the handler's annotations."""
        hints = get_type_hints(self.handler)
        return {name: hints[name] for name in parameters(self.path)}


def Route(method: str, path: str, handler: Callable[..., Any], **columns: Any) -> Row:  # noqa: N802
    """A row of the table. `may` and `rate` have no default: forgetting one is an error at import.

    `raw` handlers get `(call, request, …)` and return aiohttp's own response (pages, live connections, OpenKJ);
    `takes` and `gives` are media types of a body and an answer beside `body` and `returns`, for the API's description.
    `quiet` ones leave no log line a call. `replay` rows create something for somebody signed in, and give the first
    answer again to a repeated `Idempotency-Key`. On `live` ones a session cookie counts only from our own origin.
    `tells` answers problems where problem+json is not what the caller reads.
    """
    return Row(method=method, path=path, handler=handler, **columns)


def parameters(path: str) -> tuple[str, ...]:
    """`("url_name",)` of `/v1/public/venues/{url_name}`."""
    return tuple(part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{"))
