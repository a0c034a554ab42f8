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

-- generation_songs_staged(tenant, generation, artists, titles, combined, normalized) -> value
-- Puts songs aside for a sync; how many it did not have yet.
WITH staged AS (
    INSERT INTO song_generation_songs (song_generations_id, artist, title, combined, normalized_combined)
    SELECT g.song_generations_id, n.artist, n.title, n.combined, n.normalized
    FROM song_generations g,
         unnest(:artists::text[], :titles::text[], :combined::text[], :normalized::text[])
         AS n (artist, title, combined, normalized)
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
    INSERT INTO songdb AS d (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined)
    SELECT :tenant, :system, s.artist, s.title, s.combined, s.normalized_combined
    FROM song_generation_songs s
    WHERE s.song_generations_id = :generation AND (SELECT count(*) FROM gone) >= 0
      AND NOT EXISTS (
          SELECT 1 FROM songdb o
          WHERE o.customer_profiles_id = :tenant AND o.openkj_system_id = :system
            AND o.normalized_combined = s.normalized_combined
            AND (o.artist, o.title, o.combined) IS NOT DISTINCT FROM (s.artist, s.title, s.combined))
    ORDER BY s.normalized_combined
    ON CONFLICT (customer_profiles_id, openkj_system_id, normalized_combined) DO UPDATE
    SET artist = excluded.artist, title = excluded.title, combined = excluded.combined
    WHERE (d.artist, d.title, d.combined) IS DISTINCT FROM (excluded.artist, excluded.title, excluded.combined)
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

-- songs_merged(tenant, system, artists, titles, combined, normalized) -> value
-- Adds songs to a book outside any sync; how many it did not have.
WITH merged AS (
    INSERT INTO songdb AS d (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined)
    SELECT :tenant, :system, n.artist, n.title, n.combined, n.normalized
    FROM unnest(:artists::text[], :titles::text[], :combined::text[], :normalized::text[])
         AS n (artist, title, combined, normalized)
    ON CONFLICT (customer_profiles_id, openkj_system_id, normalized_combined) DO UPDATE
    SET artist = excluded.artist, title = excluded.title, combined = excluded.combined
    WHERE (d.artist, d.title, d.combined) IS DISTINCT FROM (excluded.artist, excluded.title, excluded.combined)
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

-- book_of_venue(url_name) -> maybe
-- Whose book, and which, singers at a venue search.
SELECT v.customer_profiles_id, v.current_system_id FROM venues v WHERE v.url_name = :url_name

-- songs_counted(tenant, system) -> value
-- The size of a book.
SELECT count(*)::int FROM songdb d WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system

-- songs_listed(tenant, system, only_artist, artist, title, after, max_rows) -> many
-- A book in order of artists, after a position; of one artist where only_artist says so.
SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id
FROM songdb d
WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
  AND (:only_artist::text IS NULL OR d.artist = :only_artist)
  AND d.artist >= :artist AND (d.artist, d.title, d.songdb_id) > (:artist, :title, :after)
ORDER BY d.artist, d.title, d.songdb_id
LIMIT :max_rows

-- songs_found(tenant, system, longest, words, start, raw_start, only_artist, rank, artist, title, after, max_rows) -> many
-- Songs in which every word of a text begins a word. The trigram index finds `longest` (a pattern of three letters or
-- more); the patterns `words` are judged on what it finds. Those whose artist (start) or title (raw_start) begins with
-- the text come first.
SELECT hit.songdb_id, hit.artist, hit.title, hit.combined, hit.openkj_system_id, hit.rank
FROM (
    SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id,
           CASE WHEN d.normalized_combined LIKE :start OR lower(d.title) LIKE :raw_start THEN 0 ELSE 1 END AS rank
    FROM songdb d
    WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
      AND d.normalized_combined LIKE :longest AND ' ' || d.normalized_combined LIKE ALL (:words::text[])
      AND (:only_artist::text IS NULL OR d.artist = :only_artist)
) AS hit
WHERE (hit.rank, hit.artist, hit.title, hit.songdb_id) > (:rank, :artist, :title, :after)
ORDER BY hit.rank, hit.artist, hit.title, hit.songdb_id
LIMIT :max_rows

-- songs_begun(tenant, system, words, start, raw_start, only_artist, rank, artist, title, after, max_rows) -> many
-- songs_found for one or two letters, which the trigram index does not know: reads the tenant's whole book.
SELECT hit.songdb_id, hit.artist, hit.title, hit.combined, hit.openkj_system_id, hit.rank
FROM (
    SELECT d.songdb_id, d.artist, d.title, d.combined, d.openkj_system_id,
           CASE WHEN d.normalized_combined LIKE :start OR lower(d.title) LIKE :raw_start THEN 0 ELSE 1 END AS rank
    FROM songdb d
    WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
      AND ' ' || d.normalized_combined LIKE ALL (:words::text[])
      AND (:only_artist::text IS NULL OR d.artist = :only_artist)
) AS hit
WHERE (hit.rank, hit.artist, hit.title, hit.songdb_id) > (:rank, :artist, :title, :after)
ORDER BY hit.rank, hit.artist, hit.title, hit.songdb_id
LIMIT :max_rows

