"""The tables as the revisions leave them: Alembic compares a database with this, and so does the drift test.

A change of the schema is made twice, as a revision and here, and the test says when the two disagree. The running
service does not import any of it: what it knows of tables stands in `sql/`.
"""

from __future__ import annotations

from migrations.tables import (
    access,
    analytics,
    audit,
    billing,
    branding,
    calls,
    catalogue,
    identity,
    imports,
    notifications,
    openkj,
    organization,
    queue,
    singers,
)
from migrations.tables.columns import metadata

__all__ = [
    "access",
    "analytics",
    "audit",
    "billing",
    "branding",
    "calls",
    "catalogue",
    "identity",
    "imports",
    "metadata",
    "notifications",
    "openkj",
    "organization",
    "queue",
    "singers",
]
