"""Failures told to Sentry where SENTRY_DSN is set: what happened and where, nobody's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singr import __version__
from singr.core.settings import Settings
from singr.telemetry.logs import redact_field

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

SHUTDOWN_TIMEOUT_S = 2
# Neither bodies nor headers nor the people behind them.
NOT_TOLD = ("user", "server_name")
NOT_TOLD_OF_STEPS = ("address",)
NOT_TOLD_OF_REQUESTS = ("data", "cookies", "env", "headers", "query_string")


def start(settings: Settings) -> None:
    """Begin to report; nothing happens without a DSN."""
    if not settings.sentry_dsn:
        return
    import sentry_sdk  # a quarter of a second that `singr routes` need not wait

    sentry_sdk.init(
        settings.sentry_dsn,
        release=f"singr@{__version__}",
        environment=settings.singr_env,
        before_send=scrub,
        before_breadcrumb=_scrub_breadcrumb,
        include_local_variables=False,
        max_request_body_size="never",
        shutdown_timeout=SHUTDOWN_TIMEOUT_S,
    )


def scrub(event: Event, _hint: Hint) -> Event:
    """The event without anything that lets somebody in or names somebody."""
    told: dict[str, Any] = {name: value for name, value in event.items() if name not in NOT_TOLD}
    if isinstance(request := told.get("request"), dict):
        told["request"] = {name: value for name, value in request.items() if name not in NOT_TOLD_OF_REQUESTS}
    scrubbed: Event = redact_field("event", told)
    return scrubbed


def _scrub_breadcrumb(breadcrumb: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    data = {name: value for name, value in (breadcrumb.get("data") or {}).items() if name not in NOT_TOLD_OF_STEPS}
    scrubbed: dict[str, Any] = redact_field("breadcrumb", breadcrumb | {"data": data})
    return scrubbed
