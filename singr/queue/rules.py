"""Why a request is not taken: the facts, as problems."""

from __future__ import annotations

from singr.core.errors import Conflict, Problem


class VenueClosed(Problem):
    slug, status, title = "venue-not-accepting", 409, "The venue takes no requests right now"


class DuplicateRequest(Problem):
    slug, status, title = "duplicate-request", 409, "You already asked for this song"


class KeyReused(Conflict):
    title = "This Idempotency-Key was used for another request"


class AlreadySettled(Conflict):
    title = "The request is no longer waiting"
