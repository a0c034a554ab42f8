"""The role the service works as, and who did it: `audit_logs.actor`.

`singr_app` reads and writes rows; it cannot change tables, and only the audit triggers write the log. Roles belong to
the whole cluster: another database's migration may be creating or dropping this one at the same moment.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# The first grant also holds the role: nobody can drop it before our transaction ends.
CREATE_ROLE = """
DO $$
BEGIN
  FOR attempt IN 1..5 LOOP
    BEGIN
      CREATE ROLE singr_app NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    BEGIN
      GRANT USAGE ON SCHEMA public TO singr_app;
      RETURN;
    EXCEPTION WHEN undefined_object THEN NULL;
    END;
  END LOOP;
  RAISE 'the role singr_app is dropped as often as it is created';
END $$
"""

# A superuser may SET ROLE to anything; any other owner must be a member. PostgreSQL 16 tells the two apart.
JOIN_ROLE = """
DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'singr_app',
                     CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    GRANT singr_app TO CURRENT_USER;
  END IF;
EXCEPTION WHEN unique_violation THEN NULL;
END $$
"""

# PostGIS' tables are not ours to grant. Functions need no grant: everybody may execute them, but for the audit's.
GRANT_TABLES = """
DO $$
DECLARE
  name regclass;
BEGIN
  FOR name IN
    SELECT c.oid FROM pg_class AS c
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO singr_app', name);
  END LOOP;
  REVOKE INSERT, UPDATE, DELETE ON audit_logs, alembic_version FROM singr_app;
END $$
"""

GRANTS = (
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO singr_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO singr_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO singr_app",
)

# Takes back every privilege in this database; the role owns nothing here, since it may create nothing.
STRIP_ROLE = "DROP OWNED BY singr_app"

# The role goes too unless another database has granted it something, or somebody else is a member.
DROP_ROLE = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_auth_members
                 WHERE roleid = 'singr_app'::regrole AND member <> current_user::regrole) THEN
    DROP ROLE singr_app;
  END IF;
EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("audit_logs", sa.Column("actor", sa.Text()))
    # Set apart from adding it: the lines already there have no actor.
    op.alter_column("audit_logs", "actor", server_default=sa.text("nullif(current_setting('app.actor', true), '')"))
    op.create_index("idx_audit_logs_actor_created_at", "audit_logs", ["actor", "created_at"])
    for statement in (CREATE_ROLE, JOIN_ROLE, GRANT_TABLES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute(STRIP_ROLE)
    op.execute(DROP_ROLE)
    op.drop_column("audit_logs", "actor")
