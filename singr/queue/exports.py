"""A venue's requests as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from msgspec import Struct

from singr.http.call import Call
from singr.http.reply import Reply
from singr.queue import finding
from singr.queue.host_shapes import Export

ROWS_MAX = 10_000

COLUMNS = (
    *("number", "requested_at", "singer_name", "artist", "title", "key_change", "notes"),
    *("status", "processed_at", "processed_via", "reject_reason"),
)
# A spreadsheet would compute what begins so.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def export_csv(call: Call, *, query: Export) -> Reply:
    """A venue's requests as CSV, narrowed like the list, in the order they came: the first 10,000."""
    rows = await finding.first(call, query, ROWS_MAX)
    return spreadsheet("requests.csv", COLUMNS, rows)


def spreadsheet(file_name: str, columns: Sequence[str], rows: Sequence[Struct]) -> Reply:
    """Rows as a CSV file that spreadsheets take for what it is."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(getattr(row, name)) for name in columns] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return Reply(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", headers=headers)


def cell(value: object) -> str:
    """A value as a spreadsheet may show it: what would be a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text
