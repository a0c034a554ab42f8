"""Why a connection ended and what to do then: the server's close table (`realtime/close.py`), seen from here."""

from __future__ import annotations

from typing import NamedTuple

STOP_CODES = frozenset({1002, 1003, 1007, 1009, 4400, 4403, 4404, 4409})
STOP_SLUGS = frozenset({"bad-message", "forbidden", "not-found", "conflict"})
STOP_STATUSES = frozenset({403, 404})
TOO_MANY_CODE, TOO_MANY_S = 4429, 60.0


class Ending(NamedTuple):
    """`again`: is it of use to try again? `why` is a close code, a slug or a status; `retry_s` the server's wish."""

    again: bool = True
    why: int | str = ""
    retry_s: float | None = None


def of_code(code: int, retry_s: float | None = None) -> Ending:
    """A WebSocket's close code."""
    return Ending(code not in STOP_CODES, code, TOO_MANY_S if code == TOO_MANY_CODE else retry_s)


def of_slug(slug: str, retry_s: float | None = None) -> Ending:
    """An event stream's `error`."""
    return Ending(slug not in STOP_SLUGS, slug, retry_s)


def of_status(status: int) -> Ending:
    """An HTTP answer that is not the one hoped for."""
    return Ending(status not in STOP_STATUSES, status)
