"""The words the baseline's tables are written in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

INSTANT = postgresql.TIMESTAMP(timezone=True, precision=6)
NOW = sa.text("now()")


def key(name: str) -> sa.Column[Any]:
    """A random UUID primary key."""
    return sa.Column(name, sa.Uuid(), primary_key=True, server_default=sa.text("gen_random_uuid()"))


def link(name: str, target: str, *, null: bool = False, gone: str = "CASCADE", **rest: Any) -> sa.Column[Any]:
    """A foreign key; `gone` is what happens to this row when the other is deleted. Key changes follow."""
    points_at = sa.ForeignKey(target, ondelete=gone, onupdate="CASCADE")
    kind = sa.Text() if target.startswith("products.") else sa.Uuid()
    return sa.Column(name, kind, points_at, nullable=null, **rest)


def text(name: str, *, null: bool = False, default: str | None = None, **rest: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null, server_default=default, **rest)


def whole(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null, server_default=default)


def big(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=default)


def flag(name: str, *, default: bool) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if default else sa.false())


def json(name: str, *, null: bool = False, default: str | None = "{}") -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=null, server_default=default)


def instant(name: str, *, null: bool = True, default: sa.TextClause | None = None) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=null, server_default=default)


def choice(name: str, kind: str, default: str | None) -> sa.Column[Any]:
    """A column of an enum type that exists already."""
    enum = postgresql.ENUM(name=kind, create_type=False)
    return sa.Column(name, enum, nullable=False, server_default=default)


def created() -> sa.Column[Any]:
    return instant("created_at", null=False, default=NOW)


def stamps() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return created(), instant("updated_at", null=False, default=NOW)
