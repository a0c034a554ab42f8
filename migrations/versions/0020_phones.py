"""A phone for codes, sealed: second channel of the second factor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("totp_factors", sa.Column("phone_sealed", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("totp_factors", "phone_sealed")
