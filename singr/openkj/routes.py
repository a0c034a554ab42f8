"""OpenKJ's rows of the route table. A KJ pastes whatever address is at hand, so many paths lead to one handler."""

from __future__ import annotations

from aiohttp import web

from singr.core.errors import UpstreamUnavailable, ValidationFailed
from singr.http import decode
from singr.http.call import Call
from singr.http.guard import KEY
from singr.http.ready import Ready
from singr.http.route import Route
from singr.openkj import answers, bodies, commands, rest
from singr.openkj.keys import RATE
from singr.openkj.rest import KeyedRequest, OfVenue, Settlement, SungRequest, Waiting
from singr.queue.rules import AlreadySettled, DuplicateRequest, VenueClosed

BODY_MAX = 16 << 20


async def command(call: Call, request: web.Request) -> web.Response | Ready:
    """One command of OpenKJ's protocol; only a body over 16 MiB gets another status than 200."""
    try:
        async with bodies.Room(request, BODY_MAX):
            body, closing = await commands.answer(call, await decode.read(request, BODY_MAX))
    except (ValidationFailed, UpstreamUnavailable) as problem:
        return answers.response(answers.error("", answers.words(problem)), closing=True)
    return answers.response(body, closing=closing)


ROUTES = (
    Route("POST", "/v1/openkj/api/command", command,
          may=KEY, rate=RATE, raw=True, quiet=True,
          aliases=("/v1/openkj/api/command/", "/api/openkj", "/api/openkj/", "/api.php", "/api.php/",
                   "/requestserver/api.php", "/requestserver/api.php/", "/")),
    Route("GET", "/api/requests/{api_key}", rest.list_requests,
          may=KEY, rate=RATE, query=OfVenue, returns=Waiting),
    Route("POST", "/api/requests/{api_key}", rest.submit,
          may=KEY, rate=RATE, body=SungRequest, returns=KeyedRequest, status=201,
          raises=(VenueClosed, DuplicateRequest)),
    Route("PUT", "/api/requests/{api_key}/{request_number}", rest.settle,
          may=KEY, rate=RATE, body=Settlement, returns=KeyedRequest, raises=(AlreadySettled,)),
)  # fmt: skip
