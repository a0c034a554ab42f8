"""Why a request is not taken: the facts, as problems."""

from __future__ import annotations

import math

from singr.core.errors import AuthorizationDenied, Conflict, Problem, RateLimited


class VenueClosed(Problem):
    slug, status, title = "venue-not-accepting", 409, "The venue takes no requests right now"


class DuplicateRequest(Problem):
    slug, status, title = "duplicate-request", 409, "You already asked for this song"


class AlreadySettled(Conflict):
    title = "The request is no longer waiting"


class TooManyRequests(RateLimited):
    title = "The house rules ask for some patience"


class Blocked(AuthorizationDenied):
    """The host takes nothing from this singer for a while. Who decided so, and why, is not the singer's to read."""

    title = "The house takes no requests from you at the moment"

    def __init__(self) -> None:
        super().__init__("The house takes no requests from you at the moment. Please talk to the host")


def against(rule: str | None, wait_s: float | None) -> Problem:
    """A house rule as the problem a singer reads; `rule` is its name in `venues.rules.Rules`, None when it was against
    the request only a moment ago."""
    if rule == "lastCallAt":
        return VenueClosed("The last call was made: nothing more is taken tonight")
    if rule == "songOncePerNight":
        return DuplicateRequest("Somebody has asked for this song tonight; each is sung once")
    if rule == "duplicatePolicy":
        return DuplicateRequest("This song is already waiting for you")
    if rule == "requestsPerSinger":
        return TooManyRequests("You have as many songs waiting as the house allows; ask again after one was sung")
    minutes = math.ceil((wait_s or 1) / 60)
    return TooManyRequests(f"Ask again in {minutes} minute{'s' * (minutes > 1)}", retry_after_s=wait_s or 1)
