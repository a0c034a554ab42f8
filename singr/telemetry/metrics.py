"""Every metric, on one page. Labels hold route patterns and fixed words, never ids, keys or addresses."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

CALLS = Counter("singr_calls_total", "Calls answered", ("method", "route", "status"))
CALL_SECONDS = Histogram("singr_call_seconds", "Time to answer a call", ("method", "route"), buckets=SECONDS)
COMMANDS = Counter("singr_openkj_commands_total", "OpenKJ commands answered", ("command", "error"))
REFUSED = Counter("singr_rate_limited_total", "Calls over a limit", ("route",))
LIMITER_FALLBACKS = Counter("singr_limiter_fallbacks_total", "Limits judged locally because Redis was away")
JOBS_LOST = Counter("singr_jobs_not_posted_total", "Jobs that could not be posted", ("job",))
JOBS = Counter("singr_jobs_total", "Jobs run", ("job", "outcome"))
ASIDE_FAILED = Counter("singr_aside_failures_total", "Work after the answer that failed", ("what",))
CACHE = Counter("singr_cache_answers_total", "Public answers by where they came from", ("outcome",))
SIGN_INS = Counter("singr_sign_ins_total", "Sign-in attempts", ("outcome",))

CONNECTIONS = Gauge("singr_live_connections", "Live connections", ("transport",))
ROOMS = Gauge("singr_live_rooms", "Venue rooms open in this process")
DELIVERIES = Counter("singr_live_deliveries_total", "Deltas written to watchers")
STALENESS = Histogram(
    "singr_live_staleness_seconds",
    "Age of what a client shows, as its pongs tell",
    buckets=(0.05, *SECONDS[6:], 30, 60),
)
CLOSED = Counter("singr_live_closed_total", "Live connections we closed", ("code",))
BEHIND = Counter("singr_live_behind_total", "Times a watcher had more unsent than we hold")
SNAPSHOT_LOADS = Counter("singr_live_snapshot_loads_total", "Rooms read from the database", ("outcome",))
HEALED = Counter("singr_live_healed_total", "Times a room read again what no hint had told it")
STALE_ROOMS = Gauge("singr_live_stale_rooms", "Rooms whose watchers are told that they may be stale")
SWEEPS = Counter("singr_live_sweeps_total", "Comparisons of all open rooms with the database", ("outcome",))
SWEEP_AGE = Gauge("singr_live_sweep_age_seconds", "Time since the last sweep that succeeded")
HINTS_LOST = Counter("singr_bus_hints_lost_total", "Messages that did not reach Redis")
BUS_LISTENING = Gauge("singr_bus_listening", "1 while this process hears every Redis")
BUS_REBUILDS = Counter("singr_bus_rebuilds_total", "Subscriptions rebuilt", ("why",))
LOOP_LAG = Histogram("singr_loop_lag_seconds", "How late the live part's clock ticks, twice a second", buckets=SECONDS)
TASKS = Gauge("singr_tasks", "Tasks of the event loop")
