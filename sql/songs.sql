-- generations_superseded(tenant, system) -> none
-- Gives up whatever sync of a system is under way or held.
WITH closed AS (
    UPDATE song_generations g SET status = 'discarded', closed_at = now()
    WHERE g.customer_profiles_id = :tenant AND g.openkj_system_id = :system AND g.status IN ('open', 'held')
    RETURNING g.song_generations_id
)
DELETE FROM song_generation_songs s
USING closed
WHERE s.song_generations_id = closed.song_generations_id

-- book_held(tenant, system) -> maybe
-- A system of the tenant's that is not removed while songs come into its book.
SELECT s.openkj_system_id
FROM systems s
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :system
FOR KEY SHARE

-- generation_opened(tenant, system, client) -> value
-- A new sync's id; that of the one somebody else opened in the same moment otherwise.
WITH opened AS (
    INSERT INTO song_generations (customer_profiles_id, openkj_system_id, client, songs_before)
    SELECT :tenant, :system, :client,
           (SELECT count(*) FROM songdb d WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system)
    ON CONFLICT (customer_profiles_id, openkj_system_id) WHERE status IN ('open', 'held')
    DO UPDATE SET last_document_at = now()
    RETURNING song_generations_id
)
SELECT song_generations_id FROM opened

-- generation_at_work(tenant, system) -> maybe
-- Locks the sync of a system that is open or held.
SELECT g.song_generations_id, g.customer_profiles_id, g.openkj_system_id, g.status, g.documents, g.full_documents,
       g.songs_received, g.songs_before, false, g.client
FROM song_generations g
WHERE g.customer_profiles_id = :tenant AND g.openkj_system_id = :system AND g.status IN ('open', 'held')
FOR UPDATE

-- generation_locked(tenant, generation, quiet_s) -> maybe
-- Locks a tenant's sync that is open or held; is it quiet? One whose last document came need not be.
SELECT g.song_generations_id, g.customer_profiles_id, g.openkj_system_id, g.status, g.documents, g.full_documents,
       g.songs_received, g.songs_before,
       g.documents > g.full_documents
       OR g.last_document_at <= clock_timestamp() - make_interval(secs => :quiet_s::float8),
       g.client
FROM song_generations g
WHERE g.customer_profiles_id = :tenant AND g.song_generations_id = :generation AND g.status IN ('open', 'held')
FOR UPDATE

-- generations_quiet(quiet_s, max_rows) -> many
-- Open syncs whose last document came, or that nobody has added to for quiet_s seconds, the quietest first.
SELECT g.song_generations_id, g.customer_profiles_id, g.openkj_system_id, g.status, g.documents, g.full_documents,
       g.songs_received, g.songs_before, true, g.client
FROM song_generations g
WHERE g.status = 'open'
  AND (g.documents > g.full_documents OR g.last_document_at <= now() - make_interval(secs => :quiet_s::float8))
ORDER BY g.last_document_at
LIMIT :max_rows

-- song_words_learnt(words) -> none
-- Adds words to those typing mistakes are compared with, each with all its forms that lack a letter. Known ones are
-- looked up as a range: for an equality PostgreSQL may take the trigram index, which is a hundred times slower.
INSERT INTO song_words (word, shortened)
SELECT n.word, ARRAY(SELECT n.word
                     UNION SELECT overlay(n.word PLACING '' FROM place FOR 1)
                     FROM generate_series(1, length(n.word)) AS place)
FROM unnest(:words::text[]) AS n (word)
WHERE NOT EXISTS (SELECT 1 FROM song_words known WHERE known.word >= n.word AND known.word <= n.word)
ORDER BY n.word
ON CONFLICT DO NOTHING

-- generation_songs_staged(tenant, generation, artists, titles, combined, normalized, artist_keys, title_keys, words) -> value
-- Puts songs aside for a sync; how many it did not have yet. A song's words stand in one text, with spaces between.
WITH staged AS (
    INSERT INTO song_generation_songs (song_generations_id, artist, title, combined, normalized_combined, artist_key,
                                       title_key, words)
    SELECT g.song_generations_id, n.artist, n.title, n.combined, n.normalized, n.artist_key, n.title_key,
           array_to_tsvector(string_to_array(n.words, ' '))
    FROM song_generations g,
         unnest(:artists::text[], :titles::text[], :combined::text[], :normalized::text[], :artist_keys::text[],
                :title_keys::text[], :words::text[])
         AS n (artist, title, combined, normalized, artist_key, title_key, words)
    WHERE g.customer_profiles_id = :tenant AND g.song_generations_id = :generation
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT count(*)::int FROM staged

-- generation_document_counted(tenant, generation, documents, full_documents, received, skipped) -> value
-- Counts a document and keeps the sync open; how many documents it has had.
UPDATE song_generations g
SET status = 'open',
    documents = g.documents + :documents,
    full_documents = g.full_documents + :full_documents,
    songs_received = g.songs_received + :received,
    songs_skipped = g.songs_skipped + :skipped,
    last_document_at = clock_timestamp()
WHERE g.customer_profiles_id = :tenant AND g.song_generations_id = :generation
RETURNING g.documents

-- generation_songs_counted(tenant, generation) -> value
-- How many different songs wait in a sync.
SELECT count(*)::int
FROM song_generation_songs s
JOIN song_generations g USING (song_generations_id)
WHERE g.customer_profiles_id = :tenant AND s.song_generations_id = :generation

-- songs_joined_by_hash() -> value
-- For the rest of a transaction. PostgreSQL has never seen the songs of a sync that has just arrived, takes them for
-- one row, and would compare each of them with each song of the book.
SELECT set_config('enable_nestloop', 'off', true)

-- generation_published(generation, tenant, system) -> value
-- Makes a sync's songs the book, in this one statement: no search sees less than one whole book. Songs that stay keep
-- their id, and those spelt as before are not written. Deleting comes first, since a song's new spelling may be one that
-- goes. Run after songs_joined_by_hash.
WITH gone AS (
    DELETE FROM songdb d
    WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
      AND NOT EXISTS (
          SELECT 1 FROM song_generation_songs s
          WHERE s.song_generations_id = :generation AND s.normalized_combined = d.normalized_combined)
    RETURNING 1
), merged AS (
    INSERT INTO songdb AS d (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined,
                             artist_key, title_key, words)
    SELECT :tenant, :system, s.artist, s.title, s.combined, s.normalized_combined, s.artist_key, s.title_key, s.words
    FROM song_generation_songs s
    WHERE s.song_generations_id = :generation AND (SELECT count(*) FROM gone) >= 0
      AND NOT EXISTS (
          SELECT 1 FROM songdb o
          WHERE o.customer_profiles_id = :tenant AND o.openkj_system_id = :system
            AND o.normalized_combined = s.normalized_combined
            AND (o.artist, o.title, o.combined, o.artist_key, o.title_key, o.words)
                IS NOT DISTINCT FROM (s.artist, s.title, s.combined, s.artist_key, s.title_key, s.words))
    ORDER BY s.normalized_combined
    ON CONFLICT (customer_profiles_id, openkj_system_id, normalized_combined) DO UPDATE
    SET artist = excluded.artist, title = excluded.title, combined = excluded.combined,
        artist_key = excluded.artist_key, title_key = excluded.title_key, words = excluded.words
    WHERE (d.artist, d.title, d.combined, d.artist_key, d.title_key, d.words)
          IS DISTINCT FROM (excluded.artist, excluded.title, excluded.combined, excluded.artist_key,
                            excluded.title_key, excluded.words)
)
SELECT count(*)::int
FROM song_generation_songs s
JOIN song_generations g USING (song_generations_id)
WHERE g.customer_profiles_id = :tenant AND s.song_generations_id = :generation

-- generation_closed(tenant, generation, status, songs_after) -> none
-- Ends a sync as published or discarded.
UPDATE song_generations g
SET status = :status, songs_after = :songs_after, closed_at = now()
WHERE g.customer_profiles_id = :tenant AND g.song_generations_id = :generation

-- generation_held(tenant, generation) -> none
-- Leaves a sync to the host's decision.
UPDATE song_generations g
SET status = 'held'
WHERE g.customer_profiles_id = :tenant AND g.song_generations_id = :generation

-- generation_songs_dropped(tenant, generation) -> none
-- Forgets what a sync had put aside.
DELETE FROM song_generation_songs s
USING song_generations g
WHERE g.customer_profiles_id = :tenant AND g.song_generations_id = :generation
  AND s.song_generations_id = g.song_generations_id

-- generations_forgotten(keep, keep_days, max_rows) -> none
-- Drops finished syncs that are older than keep_days or not among a system's newest `keep`.
DELETE FROM song_generations
WHERE song_generations_id IN (
    SELECT ranked.song_generations_id
    FROM (
        SELECT g.song_generations_id, g.status, g.closed_at,
               row_number() OVER (PARTITION BY g.customer_profiles_id, g.openkj_system_id
                                  ORDER BY g.song_generations_id DESC) AS place
        FROM song_generations g
    ) AS ranked
    WHERE ranked.status IN ('published', 'discarded')
      AND (ranked.place > :keep OR ranked.closed_at < now() - make_interval(days => :keep_days::int))
    LIMIT :max_rows
)

-- songs_merged(tenant, system, artists, titles, combined, normalized, artist_keys, title_keys, words) -> value
-- Adds songs to a book outside any sync; how many it did not have.
WITH merged AS (
    INSERT INTO songdb AS d (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined,
                             artist_key, title_key, words)
    SELECT :tenant, :system, n.artist, n.title, n.combined, n.normalized, n.artist_key, n.title_key,
           array_to_tsvector(string_to_array(n.words, ' '))
    FROM unnest(:artists::text[], :titles::text[], :combined::text[], :normalized::text[], :artist_keys::text[],
                :title_keys::text[], :words::text[])
         AS n (artist, title, combined, normalized, artist_key, title_key, words)
    ON CONFLICT (customer_profiles_id, openkj_system_id, normalized_combined) DO UPDATE
    SET artist = excluded.artist, title = excluded.title, combined = excluded.combined,
        artist_key = excluded.artist_key, title_key = excluded.title_key, words = excluded.words
    WHERE (d.artist, d.title, d.combined, d.artist_key, d.title_key, d.words)
          IS DISTINCT FROM (excluded.artist, excluded.title, excluded.combined, excluded.artist_key,
                            excluded.title_key, excluded.words)
    RETURNING d.xmax = 0 AS is_new
)
SELECT (count(*) FILTER (WHERE is_new))::int FROM merged

-- syncs_listed(tenant, system, before, max_rows) -> many
-- A system's syncs, the newest first, before an id.
SELECT g.song_generations_id, g.openkj_system_id, g.status, g.documents, g.full_documents, g.songs_received,
       g.songs_skipped, g.songs_before,
       coalesce(g.songs_after, (SELECT count(*)::int FROM song_generation_songs s
                                WHERE s.song_generations_id = g.song_generations_id)),
       g.opened_at, g.last_document_at, g.closed_at, g.client
FROM song_generations g
WHERE g.customer_profiles_id = :tenant AND g.openkj_system_id = :system::bigint AND g.song_generations_id < :before
ORDER BY g.song_generations_id DESC
LIMIT :max_rows

-- sync_shown(tenant, sync_id) -> maybe
-- One sync of a tenant.
SELECT g.song_generations_id, g.openkj_system_id, g.status, g.documents, g.full_documents, g.songs_received,
       g.songs_skipped, g.songs_before,
       coalesce(g.songs_after, (SELECT count(*)::int FROM song_generation_songs s
                                WHERE s.song_generations_id = g.song_generations_id)),
       g.opened_at, g.last_document_at, g.closed_at, g.client
FROM song_generations g
WHERE g.customer_profiles_id = :tenant AND g.song_generations_id = :sync_id

-- book_of_venue(url_names) -> each
-- Whose book, and which, singers at a venue search.
SELECT v.url_name, v.customer_profiles_id, v.current_system_id, v.venues_id
FROM venues v
WHERE v.url_name = ANY ((SELECT :url_names::text[])::text[])

-- book_sung_from(system) -> maybe
-- Whose system this is, by its id, where some venue sings from it.
SELECT s.customer_profiles_id, s.openkj_system_id, v.venues_id
FROM systems s
JOIN venues v ON v.customer_profiles_id = s.customer_profiles_id AND v.current_system_id = s.openkj_system_id
WHERE s.systems_id = :system
ORDER BY v.venues_id
LIMIT 1

-- book_numbers(tenant, system, after, max_rows) -> many
-- The numbers of a tenant's systems from `after` on; of one system where it is given.
SELECT s.openkj_system_id
FROM systems s
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id >= :after::bigint
  AND (:system::bigint IS NULL OR s.openkj_system_id = :system)
ORDER BY s.openkj_system_id
LIMIT :max_rows

-- songs_counted(tenant, system) -> value
-- The size of a book.
SELECT count(*)::int FROM songdb d WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system

-- songs_listed(tenant, system, artist_key, title_key, after, max_rows) -> many
-- A book in order of artists, after a position.
SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id, d.artist_key, d.title_key
FROM songdb d
WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
  AND (d.artist_key, d.title_key, d.songdb_id) > (:artist_key, :title_key, :after)
ORDER BY d.artist_key, d.title_key, d.songdb_id
LIMIT :max_rows

-- songs_of_artist(tenant, system, artist_key, query, title_key, after, max_rows) -> many
-- One artist's songs by title after a position; those with the words of a query where there is one.
SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id, d.artist_key, d.title_key
FROM songdb d
WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system AND d.artist_key = :artist_key
  AND (d.title_key, d.songdb_id) > (:title_key, :after)
  AND (:query::text IS NULL OR d.words @@ :query::tsquery)
ORDER BY d.title_key, d.songdb_id
LIMIT :max_rows

-- songs_begun(tenant, system, start, until, at, beside, after, max_rows) -> many
-- Songs whose artist or else title begins with a text (its key is from `start` up to `until`), in the order of what
-- begins with it, after a position that is not before `start`: two stretches of two indexes, however many songs begin
-- so. The position alone says where to begin: told both, PostgreSQL would walk from the one that is further back.
SELECT hit.songdb_id, hit.artist, hit.title, hit.combined, hit.openkj_system_id, hit.at, hit.beside
FROM (
    (SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id, d.artist_key AS at, d.title_key AS beside
     FROM songdb d
     WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
       AND d.artist_key < :until AND (d.artist_key, d.title_key, d.songdb_id) > (:at, :beside, :after)
     ORDER BY d.artist_key, d.title_key, d.songdb_id
     LIMIT :max_rows)
    UNION ALL
    (SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id, d.title_key, d.artist_key
     FROM songdb d
     WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
       AND d.title_key < :until AND (d.title_key, d.artist_key, d.songdb_id) > (:at, :beside, :after)
       AND NOT (d.artist_key >= :start AND d.artist_key < :until)
     ORDER BY d.title_key, d.artist_key, d.songdb_id
     LIMIT :max_rows)
) AS hit
ORDER BY hit.at, hit.beside, hit.songdb_id
LIMIT :max_rows

-- songs_worded(tenant, system, query, text, start, until, likeness, artist_key, title_key, after, most, max_rows) -> many
-- Songs with the words of a query, but for those songs_begun gives, the likest to `text` first, after a position.
-- The words say which book; without `most` a common word would be a walk through it. A likeness is dear: it is found
-- once for each song. To plan for a query's own words, which it can see only outside of a SELECT, costs PostgreSQL as
-- much as to answer it, and gives the same plan.
WITH worded AS MATERIALIZED (
    SELECT d.songdb_id, d.customer_profiles_id, d.openkj_system_id, d.artist, d.title, d.combined, d.artist_key,
           d.title_key
    FROM songdb d
    WHERE d.words @@ (SELECT :query::tsquery)
      AND NOT (d.artist_key >= :start AND d.artist_key < :until OR d.title_key >= :start AND d.title_key < :until)
    LIMIT :most
), hit AS MATERIALIZED (
    SELECT w.*, (1000 * similarity(w.artist_key || ' ' || w.title_key, :text))::int AS likeness
    FROM worded w
    WHERE w.customer_profiles_id = :tenant AND w.openkj_system_id = :system
)
SELECT hit.songdb_id, hit.artist, hit.title, hit.combined, hit.openkj_system_id, hit.artist_key, hit.title_key,
       hit.likeness
FROM hit
WHERE (-hit.likeness, hit.artist_key, hit.title_key, hit.songdb_id)
      > (-:likeness::int, :artist_key, :title_key, :after)
ORDER BY -hit.likeness, hit.artist_key, hit.title_key, hit.songdb_id
LIMIT :max_rows

-- song_words_near(terms, long, most) -> many
-- Known words that a typing mistake could have made of each term: those one letter away, and for terms of `long`
-- letters and more those of a similar spelling.
SELECT t.term, near.word
FROM unnest(:terms::text[]) AS t (term)
CROSS JOIN LATERAL (
    SELECT w.word FROM song_words w
    WHERE w.shortened && ARRAY(SELECT t.term
                               UNION SELECT overlay(t.term PLACING '' FROM place FOR 1)
                               FROM generate_series(1, length(t.term)) AS place)
    UNION
    (SELECT w.word FROM song_words w
     WHERE length(t.term) >= :long AND w.word % t.term
     ORDER BY similarity(w.word, t.term) DESC, w.word
     LIMIT :most)
) AS near

-- artists_listed(tenant, system, start, until, after, max_rows) -> many
-- A book's artists whose keys are from `start` up to `until`, after a key, each in the spelling most of its songs have.
SELECT mode() WITHIN GROUP (ORDER BY d.artist), count(*)::int, d.artist_key
FROM songdb d
WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
  AND d.artist_key >= :start AND d.artist_key < :until AND d.artist_key > :after
GROUP BY d.artist_key
ORDER BY d.artist_key
LIMIT :max_rows

-- letters_used(tenant, system, letters, starts, untils) -> many
-- Those of the letters (each a stretch of keys) that some artist of a book begins with.
SELECT l.letter
FROM unnest(:letters::text[], :starts::text[], :untils::text[]) WITH ORDINALITY AS l (letter, start, until, place)
WHERE EXISTS (SELECT 1 FROM songdb d
              WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
                AND d.artist_key >= l.start AND d.artist_key < l.until)
ORDER BY l.place

-- songs_new(tenant, system, days, before, max_rows) -> many
-- The songs that came last, before an id, but for those the book began with. Rows are compared whole, since with the
-- book as a condition PostgreSQL would rather walk through everybody's songs by their ids.
SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id, d.created_at
FROM (SELECT s.songdb_id, s.artist, s.title, s.combined, s.openkj_system_id, s.created_at
      FROM songdb s
      WHERE (s.customer_profiles_id, s.openkj_system_id, s.songdb_id) < (:tenant, :system, :before)
        AND (s.customer_profiles_id, s.openkj_system_id, s.songdb_id) >= (:tenant, :system, 0)
      ORDER BY s.customer_profiles_id DESC, s.openkj_system_id DESC, s.songdb_id DESC
      LIMIT :max_rows) AS d,
     (SELECT f.created_at AS began_at FROM songdb f
      WHERE (f.customer_profiles_id, f.openkj_system_id, f.songdb_id) >= (:tenant, :system, 0)
        AND (f.customer_profiles_id, f.openkj_system_id, f.songdb_id) < (:tenant, :system, :before)
      ORDER BY f.customer_profiles_id, f.openkj_system_id, f.songdb_id LIMIT 1) AS book
WHERE d.created_at > greatest(book.began_at + interval '1 hour', now() - make_interval(days => :days::int))
ORDER BY d.songdb_id DESC

-- songs_asked_most(venue_id, days, max_rows) -> many
-- What was asked for most at a venue, each song as it was named last.
SELECT (array_agg(r.artist ORDER BY r.requests_id DESC))[1], (array_agg(r.title ORDER BY r.requests_id DESC))[1],
       count(*)::int
FROM requests r
WHERE r.venues_id = :venue_id AND r.requested_at > now() - make_interval(days => :days::int)
  AND r.status <> 'withdrawn' AND r.song_fingerprint <> ''
GROUP BY r.song_fingerprint
ORDER BY 3 DESC, max(r.requests_id) DESC
LIMIT :max_rows

-- songs_by_names(tenant, system, artist_keys, title_keys) -> many
-- A book's songs of these artists and titles.
SELECT DISTINCT ON (d.artist_key, d.title_key)
       d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id, d.artist_key, d.title_key
FROM unnest(:artist_keys::text[], :title_keys::text[]) AS n (artist_key, title_key)
JOIN songdb d ON d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
     AND d.artist_key = n.artist_key AND d.title_key = n.title_key
ORDER BY d.artist_key, d.title_key, d.songdb_id
