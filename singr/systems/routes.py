"""Systems' rows of the route table."""

from __future__ import annotations

from singr.core.errors import Conflict, NotConfirmed
from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import holds
from singr.http.route import MANAGING, Route
from singr.systems import editing, systems
from singr.systems.editing import SystemInUse
from singr.systems.shapes import Confirm, System, SystemList, SystemName

ROUTES = (
    Route("GET", "/v1/customer/systems", systems.list_own,
          may=holds(Permission.SYSTEMS_READ), rate=MANAGING, query=SystemList, returns=Page[System]),
    Route("POST", "/v1/customer/systems", editing.create,
          may=holds(Permission.SYSTEMS_WRITE), rate=MANAGING,
          body=SystemName, returns=System, status=201, replay=True, raises=(Conflict,)),
    Route("PATCH", "/v1/customer/systems/{system_id}", editing.rename,
          may=holds(Permission.SYSTEMS_WRITE), rate=MANAGING, body=SystemName, returns=System),
    Route("DELETE", "/v1/customer/systems/{system_id}", editing.remove,
          may=holds(Permission.SYSTEMS_WRITE), rate=MANAGING,
          query=Confirm, status=204, raises=(NotConfirmed, SystemInUse)),
)  # fmt: skip
