"""What is at hand in one process: the neighbours, opened once by composition and passed to every call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from singr.core.settings import Settings
from singr.infra.aside import Aside
from singr.infra.bus import Bus
from singr.infra.cache import Cache
from singr.infra.limits import Limiter
from singr.infra.oidc import Relation
from singr.infra.postgres import Database
from singr.infra.redis import Client
from singr.infra.work import Jobs


@dataclass(frozen=True, slots=True)
class Kit:
    settings: Settings
    db: Database
    redis: Client
    bus: Bus
    limits: Limiter
    jobs: Jobs
    aside: Aside
    cache: Cache
    oidc: Mapping[str, Relation] = field(default_factory=dict)
