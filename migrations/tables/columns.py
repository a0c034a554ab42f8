"""The one MetaData, and the words its tables are written in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
    }
)

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)
NOW = sa.text("now()")

CUSTOMER = "customer_profiles.customer_profiles_id"


def key(name: str) -> sa.Column[Any]:
    """A random UUID primary key."""
    return sa.Column(name, sa.Uuid(), primary_key=True, server_default=sa.text("gen_random_uuid()"))


def link(name: str, target: str, *, null: bool = False, gone: str = "CASCADE", **rest: Any) -> sa.Column[Any]:
    """A foreign key of the target's type; `gone` is what happens to this row when the other is deleted."""
    points_at = sa.ForeignKey(target, ondelete=gone, onupdate="CASCADE")
    return sa.Column(name, points_at, nullable=null, **rest)


def text(name: str, *, null: bool = False, default: str | sa.TextClause | None = None, **rest: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null, server_default=default, **rest)


def whole(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null, server_default=default)


def big(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=default)


def numbered(name: str) -> sa.Column[Any]:
    """A primary key counted by PostgreSQL, which takes no other value."""
    return sa.Column(name, sa.BigInteger(), sa.Identity(always=True), primary_key=True)


def flag(name: str, *, default: bool) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if default else sa.false())


def json(name: str, *, null: bool = False, default: str | None = "{}") -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=null, server_default=default)


def instant(name: str, *, null: bool = True, default: sa.TextClause | None = None) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=null, server_default=default)


def created() -> sa.Column[Any]:
    return instant("created_at", null=False, default=NOW)


def stamps() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return created(), instant("updated_at", null=False, default=NOW)


def choice(name: str, kind: postgresql.ENUM, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def enum(name: str, *values: str) -> postgresql.ENUM:
    return postgresql.ENUM(*values, name=name, metadata=metadata)
