"""Problems as people read them, for pages."""

from __future__ import annotations

import math
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


def with_way_back(address: str, words: str) -> Callable[[Handler], Handler]:
    """A handler's problems become a page, from where people find on at `address`."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def answer(*given: Any, **path: Any) -> web.Response:
            try:
                return await handler(*given, **path)
            except Problem as problem:
                return _page(given[1], problem, address, words)

        return answer

    return decorate


in_html = with_way_back("/", "To the start")


def _page(request: web.Request, problem: Problem, back: str, words: str) -> web.Response:
    detail = problem.detail if problem.detail != problem.title else ""
    body = fill(BODY, title=problem.title, detail=detail, back=back, words=words)
    response = respond_with(request, DRESS, title=problem.title, body=body, status=problem.status)
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after_s)))
    return response
