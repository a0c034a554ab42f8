"""Compiles a row of the route table into the one handler that does all the row asks, and nothing else.

Order: request id → device → caller → admission → limit → decoding → the domain's function → encoding. Whatever goes
wrong on the way leaves as problem+json, or as the row tells it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
from aiohttp import hdrs, web

from singr.core import ids
from singr.core.actor import Actor
from singr.core.errors import Problem, RateLimited
from singr.http import decode, guard, problems, replay
from singr.http.address import Proxies
from singr.http.call import Call
from singr.http.callers import Caller, Callers, NotOurPage, Read
from singr.http.cookies import SessionCookies
from singr.http.device import Devices
from singr.http.ready import Ready
from singr.http.reply import Reply, WithCookies
from singr.http.route import Row
from singr.infra.kit import Kit
from singr.infra.limits import Rate
from singr.telemetry import metrics
from singr.telemetry.calls import CallLog
from singr.telemetry.logs import REQUEST_ID

log = logging.getLogger("singr.calls")

# A whole bar shares one address, so limits by device only get this backstop by address.
ADDRESS_BACKSTOP = Rate(3000, per_s=60, by="address")
NEW_DEVICES = Rate(1000, per_s=3600, by="address")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Gate:
    """What every endpoint needs: composition makes one."""

    kit: Kit
    read: Read
    devices: Devices
    cookies: SessionCookies
    proxies: Proxies
    log: CallLog = field(default_factory=CallLog)


class Endpoint:
    """One compiled row; `answer` is aiohttp's handler."""

    def __init__(self, row: Row, gate: Gate) -> None:
        self.row, self.gate, self.kit = row, gate, gate.kit
        self._decode: decode.Decode | None = msgspec.json.Decoder(row.body).decode if row.body else None
        self._encode = msgspec.json.Encoder().encode
        self._name = row.name
        self._counts_as = row.rate.together or row.name
        self._path_types = row.path_types
        self._may_give_cookies = "cookie" in getattr(row.body, "__struct_fields__", ())
        # Reading needs no identity; whoever asks for something gets one.
        is_asking = row.rate.by == "device" or (row.may.anonymous and not row.may.inside and row.body is not None)
        self._mints = is_asking and row.method == hdrs.METH_POST
        self._is_for_all = row.cache is not None and row.may.anonymous
        self._proxies = gate.proxies
        self._callers = Callers(gate.read, gate.cookies, self._proxies)
        self._cached = str(row.cache)
        self._seconds = metrics.CALL_SECONDS.labels(row.method, row.path)
        self._counted: dict[int, Any] = {}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        request_id = ids.request_id(request.headers.get("X-Request-Id"))
        REQUEST_ID.set(request_id)
        device = self.gate.devices.of(request)
        minted = self.gate.devices.new() if device is None and self._mints else None
        told = {"X-Request-Id": request_id}
        try:
            call = self._admit(request, request_id, device or minted)
            if not self.row.rate.inside:
                await self._limit(call, told, is_new=minted is not None)
            response = await self._run(call, request)
        except Exception as exc:
            problem = self._as_problem(exc)
            told_as = self.row.tells and self.row.tells(request, problem)
            response = told_as or problems.response(problem, request.path, request_id)
            if problem.ends_session:
                self.gate.cookies.take(response)
        if not response.prepared:
            response.headers.update(told)
            if minted:
                self.gate.devices.attach(response.headers, minted)
        self._record(request, request_id, response.status, loop.time() - started_s)
        return cast(web.StreamResponse, response)  # all that aiohttp asks of one

    def _admit(self, request: web.Request, request_id: str, device: str | None) -> Call:
        caller = Caller() if self.row.may.inside else self._callers.of(request, self.row)
        actor = caller.actor or Actor(kind="guest", id=device or "unknown")
        if problem := guard.refusal(actor, self.row.may):
            raise problem
        address = self._proxies.client_of(request)
        # OpenKJ's door knows no such header, and answers nothing but its own form.
        once = None if self.row.raw and self.row.may.inside else decode.idempotency_key(request)
        browser, by_cookie, cookies = caller.browser, caller.by_cookie, request.cookies
        return Call(actor, self.kit, request_id, device, address, once, browser, by_cookie, cookies)

    async def _limit(self, call: Call, told: dict[str, str], *, is_new: bool) -> None:
        """Count the call; what its own limit says is added to `told`, the reply's headers."""
        rate, limits = self.row.rate, list[tuple[str, Rate]]()
        if rate.by == "device":
            limits.append((f"address:{call.network}", ADDRESS_BACKSTOP))
            if is_new:
                limits.append((f"devices:{call.network}", NEW_DEVICES))
        if rate.by != "device" or call.device is not None:
            limits.append((f"{self._counts_as}:{rate.by}:{_counted(call, rate.by)}", rate))
        # Who reads what everybody may can guess and fill nothing by it: to share the count costs more than it saves.
        limiter = self.kit.limits
        verdicts = limiter.take_each_here(limits) if self._is_for_all else await limiter.take_each(limits)
        verdict, judged = verdicts[-1], limits[len(verdicts) - 1][1]
        if judged is rate:
            told["RateLimit-Limit"] = str(rate.hits)
            told["RateLimit-Remaining"] = str(verdict.remaining)
            told["RateLimit-Reset"] = f"{verdict.reset_s:.0f}"
        if not verdict.allowed:
            metrics.REFUSED.labels(self.row.path).inc()
            wait_s = verdict.retry_after_s
            detail = f"at most {judged.hits} in {judged.per_s} s; try again in {wait_s:.0f} s"
            raise RateLimited(detail, retry_after_s=wait_s)

    async def _run(self, call: Call, request: web.Request) -> web.StreamResponse | Ready:
        row = self.row
        given = decode.path(request, self._path_types)
        if row.raw:
            raw: web.StreamResponse | Ready = await row.handler(call, request, **given)
            return raw
        if row.query:
            given["query"] = decode.query(request, row.query)
        if self._decode:
            given["body"] = decode.body(await decode.read(request, row.body_limit), self._decode)
            if self._may_give_cookies and given["body"].cookie and call.browser is None:
                raise NotOurPage("cookies are for our own pages")
        if row.replay and call.idempotency_key:
            return await self._once(call, given)
        return self._respond(await row.handler(call, **given), request)

    async def _once(self, call: Call, given: dict[str, Any]) -> Ready:
        """The first answer to the call's key, from now or from before."""

        async def answer(within: Call) -> bytes:
            return self._encode(await self.row.handler(within, **given))

        body, earlier = await replay.once(call, self._name, self._encode(given), answer)
        headers = {"Content-Type": JSON, "Cache-Control": "no-store"}
        if earlier:
            headers["Idempotency-Replayed"] = "true"
        return Ready(body, self.row.status, headers)

    def _respond(self, result: Any, request: web.Request) -> web.Response | Ready:
        if isinstance(result, WithCookies):
            body, headers = self._encode(result.body), {"Content-Type": JSON, "Cache-Control": "no-store"}
            response = web.Response(body=body, status=self.row.status, headers=headers)
            if result.body is None:
                response = web.Response(status=204)
            if result.tokens:
                self.gate.cookies.put(response, result.tokens)
            else:
                self.gate.cookies.take(response)
            return response
        if result is None:
            return web.Response(status=204)
        if isinstance(result, Reply):
            return Ready(result.body, result.status, {"Content-Type": result.content_type, **result.headers})
        body = self._encode(result)
        if self.row.cache is None:
            return Ready(body, self.row.status, {"Content-Type": JSON, "Cache-Control": "no-store"})
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers = {"Content-Type": JSON, "ETag": etag, "Cache-Control": self._cached}
        if _has(request.headers.getall("If-None-Match", ()), etag):
            return web.Response(status=304, headers=headers)
        return Ready(body, self.row.status, headers)

    def _as_problem(self, exc: Exception) -> Problem:
        if isinstance(exc, Problem):
            if exc.status >= 500 and exc.__cause__ is not None:
                why = {"route": self.row.path, "detail": exc.detail, "cause": type(exc.__cause__).__name__}
                log.warning("call not answered", extra=why)
            return exc
        if isinstance(exc, web.HTTPException):
            return problems.from_http(exc)
        log.exception("call failed", extra={"route": self.row.path})
        return Problem()

    def _record(self, request: web.Request, request_id: str, status: int, took_s: float) -> None:
        row = self.row
        counted = self._counted.get(status)
        if counted is None:
            counted = self._counted[status] = metrics.CALLS.labels(row.method, row.path, status)
        counted.inc()
        self._seconds.observe(took_s)
        if not row.quiet or status >= 500:
            self.gate.log.tell(request_id, request.method, request.path, row.path, status, took_s)


def _counted(call: Call, by: str) -> str:
    """Whose calls a limit counts together."""
    if by == "organization" and call.actor.context is not None:
        return f"{call.actor.context.type}:{call.actor.context.id}"
    return {"device": call.device, "address": call.network}.get(by) or str(call.actor)


def _has(if_none_match: Sequence[str], etag: str) -> bool:
    """Whether the client has this answer already: a list of entity tags, compared weakly, or `*` (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for line in if_none_match for tag in line.split(",")]
    return etag in tags or "*" in tags
