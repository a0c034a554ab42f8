"""Systems' rows of the route table."""

from __future__ import annotations

from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import holds
from singr.http.route import Route
from singr.infra.limits import Rate
from singr.systems import systems
from singr.systems.shapes import System, SystemList

ROUTES = (
    Route("GET", "/v1/customer/systems", systems.list_own,
          may=holds(Permission.SYSTEMS_READ), rate=Rate(100, per_s=60), query=SystemList, returns=Page[System]),
)  # fmt: skip
