"""API keys' rows of the route table."""

from __future__ import annotations

from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import holds
from singr.http.route import MANAGING, Route
from singr.infra.limits import Rate
from singr.keys import keys
from singr.keys.keys import KeyUnusable, TooManyKeys
from singr.keys.shapes import ApiKey, KeyList, KeyPatch, NewKey

CHANGING = Rate(30, per_s=60, by="organization")

ROUTES = (
    Route("GET", "/v1/customer/api-keys", keys.list_own,
          may=holds(Permission.API_KEYS_READ), rate=MANAGING, query=KeyList, returns=Page[ApiKey]),
    Route("POST", "/v1/customer/api-keys", keys.issue,
          may=holds(Permission.API_KEYS_WRITE), rate=CHANGING,
          body=NewKey, returns=ApiKey, status=201, replay=True, raises=(TooManyKeys,)),
    Route("PATCH", "/v1/customer/api-keys/{key_id}", keys.change,
          may=holds(Permission.API_KEYS_REVOKE), rate=CHANGING, body=KeyPatch, returns=ApiKey, raises=(KeyUnusable,)),
    Route("POST", "/v1/customer/api-keys/{key_id}/rotate", keys.rotate,
          may=holds(Permission.API_KEYS_WRITE), rate=CHANGING,
          returns=ApiKey, status=201, replay=True, raises=(KeyUnusable,)),
    Route("POST", "/v1/customer/api-keys/{key_id}/revoke", keys.revoke,
          may=holds(Permission.API_KEYS_REVOKE), rate=CHANGING, returns=ApiKey),
)  # fmt: skip
