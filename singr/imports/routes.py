"""Imports' rows of the route table."""

from __future__ import annotations

from singr.core.errors import KeyReused, NotFound, PayloadTooLarge, ValidationFailed
from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import holds
from singr.http.route import MANAGING, Route
from singr.imports import exports, following, imports, removal
from singr.imports.imports import ImportFinished, TooManyImports
from singr.imports.shapes import Import, ImportFile, ImportInto, ImportList
from singr.infra.limits import Rate

READ, WRITE = holds(Permission.SONGDB_READ), holds(Permission.SONGDB_WRITE)
IMPORTING = Rate(20, per_s=60, by="organization")
EXPORTING = Rate(10, per_s=60, by="organization")
REFUSALS = (KeyReused, TooManyImports, PayloadTooLarge, ValidationFailed)
FILES = ("multipart/form-data", "application/octet-stream", "text/csv", "text/plain", "application/json")

ROUTES = (
    Route("POST", "/v1/customer/systems/{system_id}/songs/import", imports.into_system,
          may=WRITE, rate=IMPORTING, query=ImportFile, takes=FILES, returns=Import, status=202, raises=REFUSALS,
          raw=True),
    Route("POST", "/v1/customer/songdb/import", imports.into_book,
          may=WRITE, rate=IMPORTING, query=ImportInto, takes=FILES, returns=Import, status=202,
          raises=(*REFUSALS, NotFound), raw=True),
    Route("GET", "/v1/customer/songdb/imports", imports.list_own,
          may=READ, rate=MANAGING, query=ImportList, returns=Page[Import]),
    Route("GET", "/v1/customer/songdb/imports/{import_id}", imports.show,
          may=READ, rate=Rate(300, per_s=60, by="organization"), returns=Import),
    Route("GET", "/v1/customer/songdb/imports/{import_id}/events", following.follow,
          may=READ, rate=MANAGING, gives="text/event-stream", raw=True),
    Route("POST", "/v1/customer/songdb/imports/{import_id}/cancel", imports.cancel,
          may=WRITE, rate=MANAGING, returns=Import, raises=(ImportFinished,)),
    Route("DELETE", "/v1/customer/songdb/{song_id}", removal.remove_song,
          may=WRITE, rate=MANAGING, status=204),
    Route("GET", "/v1/customer/systems/{system_id}/songs/export.csv", exports.export_csv,
          may=READ, rate=EXPORTING, gives="text/csv", raw=True),
    Route("GET", "/v1/customer/systems/{system_id}/songs/export.json", exports.export_json,
          may=READ, rate=EXPORTING, gives="application/json", raw=True),
)  # fmt: skip
