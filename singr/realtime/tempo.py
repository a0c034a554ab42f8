"""Every interval and limit of the live part, in one frozen record; tests pass a quicker one."""

from __future__ import annotations

from msgspec import Struct


class Tempo(Struct, frozen=True, kw_only=True):
    """All durations in seconds, sizes in bytes."""

    tick_s: float = 0.5
    """How often the hub looks at its clocks; the resolution of everything below but the coalescing."""
    lag_max_s: float = 1
    """A tick later than this was kept from coming by something that blocked the event loop: that is logged."""
    host_beat_s: float = 3
    beat_s: float = 4
    """Whoever hears nothing for two heartbeats says "stale", so two of them must be well below the promised 10 s."""
    silence_s: float = 45
    """A WebSocket client that has said nothing for so long is closed, as is a dead TCP peer."""
    hello_s: float = 5
    greeting_max: int = 4000
    """So many WebSockets may be open that are not seated yet; whoever comes then comes back later."""
    answer_s: float = 8
    """For everything one client message asks of Redis and the database."""

    sweep_s: float = 2
    read_s: float = 3
    """For one read of the database by a room or the sweep."""
    patience_s: float = 0.1
    """How long a hole may wait for the late hint before the room reloads."""
    stale_s: float = 6
    """Without proof from the database for so long, a room tells its watchers that it may be stale."""
    coalesce_s: float = 0.05
    linger_s: float = 10
    """How long an empty room stays open; longer than a read, so that no room closes under a joiner."""
    names_s: float = 10

    buffer_max: int = 64 * 1024
    behind_s: float = 5
    goodbye_s: float = 2
    """For the last bytes to leave and the client to answer a close frame, before the connection is cut."""
    rotate_s: float = 1800
    auth_warning_s: float = 60
    retry_max_s: float = 2
    """For event streams whose connection breaks: all of them at once, perhaps."""
    return_max_s: float = 0.5
    """For those whom we send away: we do it one by one, so they need not wait long."""
    drain_s: float = 5
    drain_per_s: int = 500
    """Goodbyes a second while draining: few watchers leave at once, many spread over `drain_s`."""
    message_burst: int = 10
    messages_per_s: float = 1


TEMPO = Tempo()
