"""The order in which a venue's singers come up, who is next for sure, and the link of its shared tablets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

KNOWN = "rotation IN ('off', 'arrival', 'first_timers', 'fewest')"


def upgrade() -> None:
    op.add_column("venues", sa.Column("rotation", sa.Text(), nullable=False, server_default="off"))
    op.add_column("venues", sa.Column("next_up", sa.BigInteger()))
    op.add_column("venues", sa.Column("kiosk", sa.Text()))
    op.create_check_constraint("venues_rotation_check", "venues", KNOWN)


def downgrade() -> None:
    op.drop_constraint("venues_rotation_check", "venues")
    for column in ("kiosk", "next_up", "rotation"):
        op.drop_column("venues", column)
