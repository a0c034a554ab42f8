"""Problems a caller can meet: one class per fact, each knowing its RFC 9457 slug, title and HTTP status.

Domains subclass these next to the rule they state (`queue.rules.VenueClosed`). Whatever is not a `Problem` is our
fault and leaves the process as `internal-error`, without its text.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from msgspec import Struct


class FieldError(Struct, frozen=True):
    """One member of a body or query that was not accepted; `field` is a dotted path, empty for the whole."""

    field: str
    message: str


class Problem(Exception):
    """An answer other than success. `retry_after_s` becomes the `Retry-After` header; `ends_session` takes a browser's
    session cookies away."""

    slug: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self, detail: str = "", *, errors: tuple[FieldError, ...] = (), retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.ends_session = False


class ValidationFailed(Problem):
    slug, status, title = "validation-error", 422, "The call is not valid"


class AuthenticationFailed(Problem):
    slug, status, title = "authentication-failed", 401, "Sign in first"


class AuthorizationDenied(Problem):
    slug, status, title = "authorization-denied", 403, "Not allowed"


class NotFound(Problem):
    slug, status, title = "not-found", 404, "Not found"


class MethodNotAllowed(Problem):
    slug, status, title = "method-not-allowed", 405, "This path has no such method"

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"use {self.allowed}" if allowed else "")


class Conflict(Problem):
    slug, status, title = "conflict", 409, "In conflict with what is there"


class KeyReused(Conflict):
    title = "This Idempotency-Key was used for another request"


class NotConfirmed(Conflict):
    title = "This takes more along: confirm it"


class PayloadTooLarge(Problem):
    slug, status, title = "payload-too-large", 413, "The body is too large"


class RateLimited(Problem):
    slug, status, title = "rate-limited", 429, "Too many calls"


class UpstreamUnavailable(Problem):
    slug, status, title = "upstream-unavailable", 503, "A service we need does not answer"
