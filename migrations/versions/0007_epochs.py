"""Who may still come in: accounts and organizations put on hold, epochs that end tokens early, second factors.

An epoch moves with everything that changes what a person may do, by triggers: no way to change a role forgets it.
Access tokens carry the epoch they were made in and are refused in a later one; refresh tokens carry the generation,
which moves only when all of a person's sessions are to end.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import triggers
from migrations.baseline import audit

revision = "0007"
down_revision = "0006"

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)
NOW = sa.text("now()")
SECRETS = (*audit.SECRETS, "answer")

MOVE = """
CREATE FUNCTION move_auth_epoch(who uuid[], all_sessions boolean) RETURNS void LANGUAGE sql AS $$
  INSERT INTO auth_epochs AS e (users_id, epoch, generation)
  SELECT DISTINCT users_id, 1, all_sessions::int FROM unnest(who) AS users_id WHERE users_id IS NOT NULL ORDER BY 1
  ON CONFLICT (users_id) DO UPDATE
  SET epoch = e.epoch + 1, generation = e.generation + excluded.generation, changed_at = clock_timestamp()
$$
"""

FUNCTIONS = {
    "auth_epoch_of_user": """
      IF TG_OP = 'DELETE' THEN
        PERFORM move_auth_epoch(ARRAY[OLD.users_id], true);
      ELSIF NEW.disabled_at IS DISTINCT FROM OLD.disabled_at THEN
        PERFORM move_auth_epoch(ARRAY[NEW.users_id], true);
      END IF;
    """,
    "auth_epoch_of_holder": """
      PERFORM move_auth_epoch(ARRAY[OLD.users_id, NEW.users_id], false);
    """,
    "auth_epoch_of_member": """
      IF TG_OP <> 'UPDATE' OR (NEW.users_id, NEW.role_id, NEW.status) IS DISTINCT FROM
                              (OLD.users_id, OLD.role_id, OLD.status) THEN
        PERFORM move_auth_epoch(ARRAY[OLD.users_id, NEW.users_id], false);
      END IF;
    """,
    "auth_epoch_of_grant": """
      PERFORM move_auth_epoch(ARRAY(
        SELECT users_id FROM organization_users
        WHERE organization_users_id IN (OLD.organization_users_id, NEW.organization_users_id)), false);
    """,
    "auth_epoch_of_role": """
      PERFORM move_auth_epoch(ARRAY(
        SELECT users_id FROM user_roles WHERE roles_id IN (OLD.roles_id, NEW.roles_id)
        UNION SELECT users_id FROM organization_users WHERE role_id IN (OLD.roles_id, NEW.roles_id)
        UNION SELECT p.users_id FROM customer_profiles p JOIN roles r ON r.slug = 'customer_owner'
              WHERE r.roles_id IN (OLD.roles_id, NEW.roles_id)), false);
    """,
    "auth_epoch_of_customer": """
      IF TG_OP <> 'UPDATE' OR (NEW.users_id, NEW.suspended_at) IS DISTINCT FROM (OLD.users_id, OLD.suspended_at) THEN
        PERFORM move_auth_epoch(ARRAY[OLD.users_id, NEW.users_id] || ARRAY(
          SELECT users_id FROM organization_users WHERE customer_profiles_id = NEW.customer_profiles_id), false);
      END IF;
    """,
}
WATCHED = {
    "users": ("UPDATE OR DELETE", "auth_epoch_of_user"),
    "user_roles": ("INSERT OR UPDATE OR DELETE", "auth_epoch_of_holder"),
    "organization_users": ("INSERT OR UPDATE OR DELETE", "auth_epoch_of_member"),
    "organization_user_permissions": ("INSERT OR UPDATE OR DELETE", "auth_epoch_of_grant"),
    "role_permissions": ("INSERT OR UPDATE OR DELETE", "auth_epoch_of_role"),
    "customer_profiles": ("INSERT OR UPDATE OR DELETE", "auth_epoch_of_customer"),
}


def upgrade() -> None:
    op.add_column("users", sa.Column("disabled_at", INSTANT))
    op.add_column("customer_profiles", sa.Column("suspended_at", INSTANT))
    op.create_index("idx_verification_tokens_token", "verification_tokens", ["token"], unique=True)
    _create_second_factors()
    op.create_table(
        "auth_epochs",
        sa.Column("users_id", sa.Uuid(), primary_key=True),
        sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("generation", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("changed_at", INSTANT, nullable=False, server_default=NOW),
    )
    op.create_index("idx_auth_epochs_changed", "auth_epochs", ["changed_at"])
    op.execute(MOVE)
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    for table, (operations, function) in WATCHED.items():
        moment = f"AFTER {operations} ON {table} FOR EACH ROW"
        op.execute(f"CREATE TRIGGER {table}_auth_epoch {moment} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    for table in WATCHED:
        op.execute(f"DROP TRIGGER {table}_auth_epoch ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP FUNCTION move_auth_epoch(uuid[], boolean)")
    for table in ("auth_epochs", "recovery_codes", "totp_factors"):
        op.drop_table(table)
    op.execute(audit.redact(SECRETS))
    op.drop_index("idx_verification_tokens_token")
    op.drop_column("customer_profiles", "suspended_at")
    op.drop_column("users", "disabled_at")


def _create_second_factors() -> None:
    op.execute(audit.redact((*SECRETS, "code_hash", "totp_secret")))
    op.create_table(
        "totp_factors",
        _person(primary_key=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("enabled_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False, server_default=NOW),
    )
    op.create_table(
        "recovery_codes",
        _person(primary_key=True),
        sa.Column("code_hash", sa.Text(), primary_key=True),
        sa.Column("created_at", INSTANT, nullable=False, server_default=NOW),
    )
    triggers.track("totp_factors", "recovery_codes")


def _person(*, primary_key: bool) -> sa.Column[Any]:
    belongs_to = sa.ForeignKey("users.users_id", ondelete="CASCADE", onupdate="CASCADE")
    return sa.Column("users_id", sa.Uuid(), belongs_to, primary_key=primary_key)
