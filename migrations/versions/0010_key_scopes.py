"""What an API key was issued for. Those of before are OpenKJ's, which needs everything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    kind = postgresql.ARRAY(sa.Text())
    op.add_column("api_keys", sa.Column("scopes", kind, nullable=False, server_default="{requests,songs}"))


def downgrade() -> None:
    op.drop_column("api_keys", "scopes")
