"""Problems as people read them, for pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from aiohttp import web

from singr.core.errors import Problem
from singr.web.markup import fill, template
from singr.web.page import dress, respond_with

DRESS = dress("plain")
BODY = template("sorry")

Handler = Callable[..., Awaitable[web.Response]]


def in_html(handler: Handler) -> Handler:
    """`handler`, whose problems become a page."""

    @wraps(handler)
    async def answer(*given: Any, **path: Any) -> web.Response:
        try:
            return await handler(*given, **path)
        except Problem as problem:
            return _page(given[1], problem)

    return answer


def _page(request: web.Request, problem: Problem) -> web.Response:
    body = fill(BODY, title=problem.title, detail=problem.detail if problem.detail != problem.title else "")
    return respond_with(request, DRESS, title=problem.title, body=body, status=problem.status)
