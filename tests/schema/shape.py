"""What a database consists of, as lines of text that can be compared: columns, constraints, indexes, enums."""

from __future__ import annotations

from tests.schema.rows import Link

LINES = """
WITH ours AS (
  SELECT oid, relname FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
)
SELECT format('%s.%s %s%s default %s identity %s', relname, attname, format_type(atttypid, atttypmod),
              CASE WHEN attnotnull THEN ' not null' END, pg_get_expr(adbin, adrelid), nullif(attidentity, ''))
FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = ours.oid AND adnum = attnum
UNION ALL
SELECT format('%s: %s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL
SELECT pg_get_indexdef(indexrelid) FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT format('%s: %s', typname, string_agg(enumlabel, ', ' ORDER BY enumsortorder))
FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid GROUP BY typname
"""

CODE = """
SELECT format('%s: %s', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT pg_get_functiondef(oid) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


async def tables(link: Link) -> set[str]:
    return {row[0] for row in await link.fetch(LINES)}


async def code(link: Link) -> set[str]:
    """Triggers and functions."""
    return {row[0] for row in await link.fetch(CODE)}
