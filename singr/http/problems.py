"""Problems as RFC 9457 documents, and outside errors as problems."""

from __future__ import annotations

import math

import msgspec
from aiohttp import web
from msgspec import UNSET, Struct, UnsetType

from singr.core.errors import (
    FieldError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    ValidationFailed,
)
from singr.telemetry.logs import redact

TYPE_BASE = "https://singrkaraoke.com/problems/"
CONTENT_TYPE = "application/problem+json"


class ProblemDocument(Struct, rename="camel"):
    """The body of every error. `instance` is the path asked for, without secrets."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: tuple[FieldError, ...] | UnsetType = UNSET


def response(problem: Problem, path: str, request_id: str) -> web.Response:
    """The answer that tells of `problem`."""
    document = ProblemDocument(
        type=TYPE_BASE + problem.slug,
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        instance=redact(path),
        request_id=request_id,
        errors=problem.errors or UNSET,
    )
    headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after_s)))
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = problem.allowed
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(status=problem.status, body=msgspec.json.encode(document), headers=headers)


def from_msgspec(exc: msgspec.MsgspecError, what: str) -> ValidationFailed:
    """A decoding error as a validation problem that names the field. `what` is body or query."""
    if not isinstance(exc, msgspec.ValidationError):
        return ValidationFailed(f"the {what} is not valid JSON", errors=(FieldError("", str(exc)),))
    message, _, path = str(exc).partition(" - at ")
    field = path.strip("`").removeprefix("$").lstrip(".")
    return ValidationFailed(f"the {what} is not valid", errors=(FieldError(field, message),))


def from_http(exc: web.HTTPException) -> Problem:
    """aiohttp's own refusals as problems."""
    known: dict[int, type[Problem]] = {404: NotFound, 405: MethodNotAllowed, 413: PayloadTooLarge}
    return known.get(exc.status, ValidationFailed if exc.status < 500 else Problem)()
