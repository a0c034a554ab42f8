"""A venue's own time zone, where it is not its organization's: its nights begin by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

OF_ORGANIZATION = "coalesce(p.timezone, 'UTC')"
OF_VENUE = "coalesce(v.time_zone, p.timezone, 'UTC')"
RULE_AGAINST = """
DO $do$ BEGIN
  EXECUTE replace(pg_get_functiondef('rule_against'::regproc), $was${was}$was$, $is${to}$is$);
END $do$
"""


def upgrade() -> None:
    op.add_column("venues", sa.Column("time_zone", sa.Text()))
    op.execute(RULE_AGAINST.format(was=OF_ORGANIZATION, to=OF_VENUE))


def downgrade() -> None:
    op.execute(RULE_AGAINST.format(was=OF_VENUE, to=OF_ORGANIZATION))
    op.drop_column("venues", "time_zone")
