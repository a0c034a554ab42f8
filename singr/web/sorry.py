"""Problems as people read them, for pages."""

from __future__ import annotations

import math
from functools import partial
from http import HTTPStatus

from aiohttp import hdrs, web

from singr.core.errors import Problem
from singr.http.route import Tell
from singr.web.markup import fill, template
from singr.web.page import dress, respond_with
from singr.web.words import ENGLISH, language_of, of_page, say

DRESS = dress("plain")
BODY = template("sorry")
TOLD = (HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def _page(request: web.Request, problem: Problem, *, back: str, label: str) -> web.Response:
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


def to_browsers(request: web.Request, problem: Problem) -> web.Response | None:
    """A page for whoever goes to an address of ours that does not exist."""
    return TO_START(request, problem) if "text/html" in request.headers.get(hdrs.ACCEPT, "") else None


# How a page tells a problem, with where people find on from there.
TO_START: Tell = partial(_page, back="/", label="to_start")
TO_SIGN_IN: Tell = partial(_page, back="/account", label="to_sign_in")
