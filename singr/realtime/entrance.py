"""What both transports do before a connection is let in."""

from __future__ import annotations

from singr.core.errors import RateLimited, UpstreamUnavailable
from singr.http.call import Call
from singr.infra.limits import Rate
from singr.realtime.hub import Hub

# A whole bar reconnects from one address: this only stops a runaway, and must not need Redis to do so.
CONNECTING = Rate(30_000, per_s=60, by="address", inside=True)


def admit(call: Call, hub: Hub) -> None:
    """Raises RateLimited for an address that connects like no bar does; UpstreamUnavailable when we end or are full."""
    verdict = call.kit.limits.take_here(f"live:{call.network}", CONNECTING)
    if not verdict.allowed:
        raise RateLimited(retry_after_s=verdict.retry_after_s)
    check_open(hub)
    if len(hub.watchers) >= hub.watchers_max:
        raise UpstreamUnavailable("this process is full", retry_after_s=5)


def check_greeting(hub: Hub) -> None:
    """Raises UpstreamUnavailable while too many have connected and are not seated yet, who may be holding us up."""
    if len(hub.greeting) >= hub.tempo.greeting_max:
        raise UpstreamUnavailable("too many are connecting", retry_after_s=hub.tempo.hello_s)


def check_open(hub: Hub) -> None:
    """Raises UpstreamUnavailable once this process has begun to send its watchers away."""
    if hub.draining:
        raise UpstreamUnavailable("this process is restarting", retry_after_s=1)
