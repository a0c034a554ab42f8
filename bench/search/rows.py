"""Many books of made-up songs, written by the database itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bench.search.catalogue import WORDS
from singr.songs import asking

TENANT = UUID(int=0x5104)
# Some words are in every tenth song, most in one of a thousand.
RARE = 5_000

FILL = """
INSERT INTO songdb (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined, artist_key,
                    title_key, words)
SELECT $1, book, artist, title, artist || ' - ' || title, artist || ' ' || title, artist, title,
       array_to_tsvector(ARRAY(SELECT $5 || word FROM unnest(string_to_array(artist || ' ' || title, ' ')) AS word))
FROM (SELECT $2::int AS book,
             common[1 + i * 7 % n] || ' ' || to_hex(i * 31 % $4) || 'er' AS artist,
             common[1 + i * 13 % n] || ' ' || to_hex(i % $4) || 'ing ' || common[1 + i / $4 % n] AS title
      FROM generate_series(1, $3::int) AS i, (SELECT $6::text[] AS common, cardinality($6::text[]) AS n) AS c
      OFFSET 0) AS song
ON CONFLICT DO NOTHING
"""
LEARN = """
INSERT INTO song_words (word, shortened)
SELECT word, ARRAY(SELECT word UNION SELECT overlay(word PLACING '' FROM at FOR 1)
                   FROM generate_series(1, length(word)) AS at)
FROM (SELECT to_hex(i) || ending AS word FROM generate_series(1, $1::int) AS i, unnest(ARRAY['er', 'ing']) AS ending
      UNION SELECT unnest($2::text[])) AS w
ON CONFLICT DO NOTHING
"""


async def fill(owner: Any, books: int, songs: int) -> None:
    """`books` systems of nobody with up to `songs` songs each, as the owner of the database, and statistics."""
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("DROP INDEX songdb_words")
    for book in range(1, books + 1):
        within = asking.scope(TENANT, book)
        await owner.execute(FILL, TENANT, book, songs, RARE, within, WORDS, timeout=600)
    await owner.execute("CREATE INDEX songdb_words ON songdb USING gin (words)", timeout=600)
    await owner.execute(LEARN, RARE, WORDS, timeout=600)
    await owner.execute("VACUUM ANALYZE songdb", timeout=600)
    await owner.execute("VACUUM ANALYZE song_words", timeout=600)
    await owner.execute("SET session_replication_role = DEFAULT")
