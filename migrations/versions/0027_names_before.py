"""A phone's other names are looked for among its own requests, however many others the venue has tonight."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"

# Planned once a connection, early in the evening, when the venue's few requests look cheaper to read than the phone's.
OF_VENUE = "r.device_id = device AND r.venues_id = venue AND"
OF_PHONE = "r.device_id = device AND r.venues_id::text = venue::text AND"
REPLACED = """
DO $do$
DECLARE
  was text := pg_get_functiondef('names_before'::regproc);
  became text := replace(was, $was${was}$was$, $is${to}$is$);
BEGIN
  IF became = was THEN
    RAISE 'names_before() is not as expected';
  END IF;
  EXECUTE became;
END $do$
"""


def upgrade() -> None:
    op.execute(REPLACED.format(was=OF_VENUE, to=OF_PHONE))


def downgrade() -> None:
    op.execute(REPLACED.format(was=OF_PHONE, to=OF_VENUE))
