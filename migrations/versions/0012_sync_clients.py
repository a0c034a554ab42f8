"""Which program a sync comes from: OpenKJ leaves songs out, SongbookAgent does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("song_generations", sa.Column("client", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("song_generations", "client")
