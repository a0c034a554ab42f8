"""Problems as people read them, for pages."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from aiohttp import web

from singr.core.errors import Problem
from singr.web.markup import fill, template
from singr.web.page import dress, respond_with
from singr.web.words import ENGLISH, language_of, of_page, say

DRESS = dress("plain")
BODY = template("sorry")
TOLD = (HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

Handler = Callable[..., Awaitable[web.Response]]


def with_way_back(address: str, label: str) -> Callable[[Handler], Handler]:
    """A handler's problems become a page, from where people find on at `address`; `label` is a word of the page."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def answer(*given: Any, **path: Any) -> web.Response:
            try:
                return await handler(*given, **path)
            except Problem as problem:
                return _page(given[1], problem, address, label)

        return answer

    return decorate


in_html = with_way_back("/", "to_start")


def _page(request: web.Request, problem: Problem, back: str, label: str) -> web.Response:
    """What happened, by its kind, and what to do. Problems know their own details in English alone."""
    words = of_page("sorry", language_of(request))
    kind = problem.status if problem.status in TOLD else "other"
    title = say(words, f"title_{kind}")
    body = fill(
        BODY,
        title=title,
        detail=problem.detail if words.language is ENGLISH and problem.detail != problem.title else "",
        advice=say(words, f"advice_{kind}"),
        back=back,
        words=say(words, label),
    )
    response = respond_with(request, DRESS, title=title, body=body, status=problem.status, words=words)
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after_s)))
    return response
