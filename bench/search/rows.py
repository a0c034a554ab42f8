"""Many books of made-up songs, and people who ask for them, written by the database itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bench.search.catalogue import WORDS
from singr.songs import asking

TENANT, VENUE, SINGER = UUID(int=0x5104), UUID(int=1), UUID(int=1)
# Each venue was asked for so many songs in half a year; each singer keeps so many.
PEOPLE, ASKED, KEPT = 1_000, 100, 100
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
NUMBERED = "lpad(to_hex({}), 32, '0')::uuid"
VENUES = f"""
INSERT INTO venues (venues_id, customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code,
                    current_system_id)
SELECT {NUMBERED.format("n")}, $1, n, 'venue-' || n, 'Venue ' || n, '', '', '', '', 1
FROM generate_series(1, $2::int) AS n
"""  # noqa: S608
REQUESTS = f"""
INSERT INTO requests (venues_id, customer_profiles_id, request_number, singer_name, artist, title, song_fingerprint,
                      requested_at)
SELECT {NUMBERED.format("1 + n % $2::int")}, $1, n, 'Ann', 'Artist', 'Song ' || n % 7, 'song ' || n % 7,
       now() - make_interval(hours => 45 * (n / $2::int))
FROM generate_series(1, $2::int * $3::int) AS n
"""  # noqa: S608
FAVORITES = f"""
INSERT INTO singer_favorite_songs (singer_profiles_id, artist, title, normalized_combined)
SELECT {NUMBERED.format("singer")}, d.artist, d.title, d.normalized_combined
FROM generate_series(1, $1::int) AS singer, generate_series(1, $2::int) AS song
JOIN (SELECT artist, title, normalized_combined, row_number() OVER () AS n
      FROM songdb WHERE openkj_system_id = 1) AS d ON d.n = song * 7
ON CONFLICT DO NOTHING
"""  # noqa: S608


async def fill(owner: Any, books: int, songs: int) -> None:
    """`books` systems of nobody with up to `songs` songs each, as the owner of the database, and statistics."""
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("DROP INDEX songdb_words")
    for book in range(1, books + 1):
        within = asking.scope(TENANT, book)
        await owner.execute(FILL, TENANT, book, songs, RARE, within, WORDS, timeout=600)
    await owner.execute("CREATE INDEX songdb_words ON songdb USING gin (words)", timeout=600)
    await owner.execute(LEARN, RARE, WORDS, timeout=600)
    await owner.execute(VENUES, TENANT, PEOPLE)
    await owner.execute(REQUESTS, TENANT, PEOPLE, ASKED, timeout=600)
    await owner.execute(FAVORITES, PEOPLE, KEPT, timeout=600)
    for table in ("songdb", "song_words", "venues", "requests", "singer_favorite_songs"):
        await owner.execute(f"VACUUM ANALYZE {table}", timeout=600)
    await owner.execute("SET session_replication_role = DEFAULT")
