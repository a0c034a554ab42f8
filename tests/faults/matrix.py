"""Every fault of the matrix: how it comes, how long it stays, and how it goes. And a few in cities elsewhere."""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace

from tests.faults import surroundings
from tests.faults.deeds import (
    Deed,
    again_and_again,
    at_redis,
    block_one,
    deafen_one,
    deafen_some,
    die_before_telling,
    hear_again,
    kill_backends,
    kill_one,
    kill_workers,
    nothing,
    order,
    revive,
    roll,
    send,
    server,
    sleep_hosts,
    sleep_some,
    wake_hosts,
    wake_sleepers,
    wake_some,
    wire,
)
from tests.faults.surroundings import Surroundings


@dataclass(frozen=True)
class Fault:
    """Durations in seconds. With `then_quiet` nobody writes any more while the fault lasts, so no later hint can tell
    of an earlier one's loss.
    """

    name: str
    inject: Deed
    heal: Deed
    hold_s: float = 8
    before_s: float = 2
    then_quiet: bool = False
    staleness_max_s: float = 10


ALL_ALONG = Fault("clients sleep all along", wake_sleepers, nothing, hold_s=1)
"""They have slept through everything before: the last of the table."""

FAULTS = (
    Fault("nothing", nothing, nothing, staleness_max_s=1),
    Fault("redis killed", server("redis", "kill"), server("redis", "start")),
    Fault("redis restarted", server("redis", "stop"), server("redis", "start"), hold_s=1),
    Fault("redis paused", at_redis("CLIENT", "PAUSE", "8000", "ALL"), nothing),
    Fault("redis stopped", server("redis", "pause"), server("redis", "resume")),
    Fault("subscriptions killed", again_and_again, nothing, hold_s=1),
    Fault("subscription lost unnoticed", deafen_one, nothing),
    Fault("redis half-open for one", wire("redis", "cut"), wire("redis", "mend"), hold_s=15),
    Fault("redis flushed", at_redis("FLUSHALL"), nothing, hold_s=2),
    Fault("all hints lost", order(hints="lost"), order(hints=None)),
    Fault("the last hints lost", order(hints="lost"), order(hints=None), hold_s=3, then_quiet=True),
    Fault("a tenth of hints lost", order(hints="some lost", lost_each=10), order(hints=None)),
    Fault("half of the hints lost", order(hints="some lost", lost_each=2), order(hints=None), hold_s=12),
    Fault("hints doubled", order(hints="doubled"), order(hints=None)),
    Fault("hints reordered", order(hints="reordered"), order(hints=None)),
    Fault("crash before the hint", die_before_telling, revive, hold_s=3),
    Fault("database restarted", server("postgres", "stop"), server("postgres", "start"), hold_s=1),
    Fault("database away", server("postgres", "kill"), server("postgres", "start"), hold_s=15),
    Fault("database stopped", server("postgres", "pause"), server("postgres", "resume"), hold_s=15),
    Fault("backends killed", kill_backends, nothing, hold_s=1),
    Fault("database half-open for one", wire("postgres", "cut"), wire("postgres", "mend"), hold_s=20),
    Fault("database slow for one", wire("postgres", "slow", latency_ms=500), wire("postgres", "mend")),
    Fault("API killed", kill_one, revive, hold_s=5),
    Fault("API stopped", send(signal.SIGSTOP), send(signal.SIGCONT), hold_s=20),
    Fault("API blocked 3 s", block_one, nothing, hold_s=4),
    Fault("rolling restart", roll, nothing, hold_s=1),
    Fault("clients half-open", wire("clients", "cut"), wire("clients", "mend"), hold_s=20),
    Fault("clients at 1 KB/s", wire("clients", "slow", kb_per_s=1), wire("clients", "mend"), hold_s=15),
    Fault("clients stop reading", deafen_some, hear_again, hold_s=20),
    Fault("clients sleep a minute", sleep_some, wake_some, hold_s=60),
    Fault("tickets expire asleep", sleep_hosts, wake_hosts, hold_s=70),
    Fault("worker killed", kill_workers, revive, hold_s=3),
    ALL_ALONG,
)  # fmt: skip
BY_NAME = {fault.name: fault for fault in FAULTS}

ON_A_CLUSTER = (
    replace(BY_NAME["nothing"], name="cluster: nothing"),
    replace(BY_NAME["redis killed"], name="cluster: a master killed"),
    replace(BY_NAME["redis stopped"], name="cluster: a master stopped"),
    replace(BY_NAME["rolling restart"], name="cluster: rolling restart"),
)
BEHIND_A_POOLER = (
    replace(BY_NAME["nothing"], name="pooler: nothing"),
    replace(BY_NAME["backends killed"], name="pooler: backends killed"),
    Fault("pooler: restarted", server("pooler", "stop"), server("pooler", "start"), hold_s=1),
    Fault("pooler: killed", server("pooler", "kill"), server("pooler", "start"), hold_s=15),
)
CITIES: dict[Surroundings, tuple[Fault, ...]] = {
    surroundings.plain: FAULTS,
    surroundings.on_a_cluster: ON_A_CLUSTER,
    surroundings.behind_a_pooler: BEHIND_A_POOLER,
}
