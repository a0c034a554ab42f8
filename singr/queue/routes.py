"""The queue's rows of the route table."""

from __future__ import annotations

from singr.core.errors import AuthenticationFailed, AuthorizationDenied, KeyReused, NotFound
from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import PUBLIC, holds
from singr.http.route import MANAGING, Cache, Route
from singr.infra.limits import Rate
from singr.queue import blocks, exports, finding, guests, hosts, rotations, tonight, watching
from singr.queue.block_shapes import Block, BlockList, NewBlock
from singr.queue.blocks import TooManyBlocks
from singr.queue.host_shapes import (
    Cleared,
    Export,
    HostRequest,
    RequestFor,
    RequestList,
    Seen,
    Settle,
    SettledMany,
    SettleMany,
    VenueChoice,
)
from singr.queue.rotations import Rotation, RotationPatch
from singr.queue.rules import AlreadySettled, Blocked, DuplicateRequest, TooManyRequests, VenueClosed
from singr.queue.shapes import (
    AskedTonight,
    EditRequest,
    NewRequest,
    Receipt,
    Request,
    Tonight,
)
from singr.queue.watching import TicketIn, TicketOut

# By the API and by the page's plain form alike.
SUBMITTING = Rate(10, per_s=3600, by="device", together="queue.guests.submit")

ROUTES = (
    Route("POST", "/v1/public/venues/{url_name}/requests", guests.submit,
          may=PUBLIC, rate=SUBMITTING,
          body=NewRequest, returns=Receipt, status=201,
          raises=(VenueClosed, DuplicateRequest, TooManyRequests, Blocked, KeyReused)),
    Route("GET", "/v1/public/requests/{tracking_token}", guests.show,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), returns=Request),
    Route("PATCH", "/v1/public/requests/{tracking_token}", guests.edit,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), body=EditRequest, returns=Request,
          raises=(VenueClosed, AlreadySettled, DuplicateRequest, TooManyRequests, Blocked)),
    Route("DELETE", "/v1/public/requests/{tracking_token}", guests.withdraw,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), status=204, raises=(AlreadySettled,)),
    Route("GET", "/v1/public/venues/{url_name}/songs/tonight", tonight.list_asked,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), query=Tonight, returns=Page[AskedTonight],
          cache=Cache()),
    Route("GET", "/v1/customer/requests", finding.list_requests,
          may=holds(Permission.REQUESTS_READ), rate=MANAGING, query=RequestList, returns=Page[HostRequest],
          raises=(NotFound,)),
    Route("POST", "/v1/customer/requests", hosts.add,
          may=holds(Permission.REQUESTS_PROCESS), rate=Rate(300, per_s=60, by="organization"),
          body=RequestFor, returns=HostRequest, status=201, raises=(KeyReused, NotFound)),
    Route("PATCH", "/v1/customer/requests/{request_id}", hosts.settle,
          may=holds(Permission.REQUESTS_PROCESS), rate=Rate(300, per_s=60, by="organization"),
          body=Settle, returns=HostRequest, raises=(AlreadySettled,)),
    Route("PUT", "/v1/customer/requests/{request_id}", hosts.settle,
          may=holds(Permission.REQUESTS_PROCESS), rate=Rate(300, per_s=60, by="organization"),
          body=Settle, returns=HostRequest, raises=(AlreadySettled,)),
    Route("POST", "/v1/customer/requests/{request_id}/restore", hosts.restore,
          may=holds(Permission.REQUESTS_PROCESS), rate=Rate(300, per_s=60, by="organization"),
          returns=HostRequest, raises=(AlreadySettled, DuplicateRequest)),
    Route("POST", "/v1/customer/requests/bulk", hosts.settle_many,
          may=holds(Permission.REQUESTS_PROCESS), rate=MANAGING, body=SettleMany, returns=SettledMany),
    Route("GET", "/v1/customer/requests/export.csv", exports.export_csv,
          may=holds(Permission.REQUESTS_READ), rate=Rate(10, per_s=60, by="organization"), query=Export,
          raises=(NotFound,), gives="text/csv"),
    Route("POST", "/v1/customer/requests/clear", hosts.clear,
          may=holds(Permission.REQUESTS_PROCESS), rate=MANAGING, body=VenueChoice, returns=Cleared,
          raises=(NotFound,)),
    Route("POST", "/v1/customer/requests/seen", hosts.see,
          may=holds(Permission.REQUESTS_PROCESS), rate=Rate(300, per_s=60, by="organization"), body=Seen, status=204,
          raises=(NotFound,)),
    Route("GET", "/v1/customer/venues/{venue_id}/blocks", blocks.list_blocks,
          may=holds(Permission.REQUESTS_PROCESS), rate=MANAGING, query=BlockList, returns=Page[Block]),
    Route("POST", "/v1/customer/venues/{venue_id}/blocks", blocks.block,
          may=holds(Permission.REQUESTS_PROCESS), rate=MANAGING,
          body=NewBlock, returns=Block, status=201, replay=True, raises=(TooManyBlocks,)),
    Route("DELETE", "/v1/customer/venues/{venue_id}/blocks/{block_id}", blocks.lift,
          may=holds(Permission.REQUESTS_PROCESS), rate=MANAGING, status=204),
    Route("GET", "/v1/customer/venues/{venue_id}/rotation", rotations.show,
          may=holds(Permission.REQUESTS_READ), rate=MANAGING, returns=Rotation),
    Route("PATCH", "/v1/customer/venues/{venue_id}/rotation", rotations.change,
          may=holds(Permission.REQUESTS_PROCESS), rate=Rate(300, per_s=60, by="organization"),
          body=RotationPatch, returns=Rotation),
    Route("POST", "/v1/live/tickets", watching.issue_ticket,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), body=TicketIn, returns=TicketOut, status=201,
          raises=(AuthenticationFailed, AuthorizationDenied, NotFound)),
    Route("GET", "/v1/live/requests/{tracking_token}/events", watching.follow,
          may=PUBLIC, rate=Rate(60, per_s=60, by="device"), raw=True, live=True),
)  # fmt: skip
