-- import_opened(tenant, system, by_user, mode, on_error, dry_run, format, encoding, file_name, most) -> maybe
-- A new import of a system that is there, unless the tenant has `most` unfinished ones already. The system is not
-- removed meanwhile, and takes its imports along when it goes.
INSERT INTO song_imports (customer_profiles_id, openkj_system_id, created_by, mode, on_error, dry_run, format, encoding,
                          file_name)
SELECT s.customer_profiles_id, s.openkj_system_id, :by_user, :mode, :on_error, :dry_run, :format, :encoding, :file_name
FROM systems s
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :system::bigint
  AND (SELECT count(*) FROM song_imports i
       WHERE i.customer_profiles_id = :tenant AND i.status IN ('uploading', 'queued', 'running')) < :most::bigint
FOR KEY SHARE OF s
RETURNING song_imports_id

-- import_chunk_stored(tenant, import_id, number, data) -> none
-- Puts a piece of an uploaded file aside.
INSERT INTO song_import_chunks (song_imports_id, number, data)
SELECT i.song_imports_id, :number, :data
FROM song_imports i
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND i.status = 'uploading'

-- import_uploaded(tenant, import_id, bytes, key, fingerprint) -> none
-- The file is there: the import waits for a worker. A key used before is a unique violation.
UPDATE song_imports i
SET status = 'queued', bytes = :bytes, idempotency_key = :key, fingerprint = :fingerprint, touched_at = clock_timestamp()
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND i.status = 'uploading'

-- import_keyed(tenant, key) -> maybe
-- What came under a key within the last 24 hours.
SELECT i.song_imports_id, i.fingerprint
FROM song_imports i
WHERE i.customer_profiles_id = :tenant AND i.idempotency_key = :key AND i.created_at > now() - interval '24 hours'

-- import_key_expired(tenant, key) -> none
-- Frees a key that was used more than 24 hours ago.
UPDATE song_imports i
SET idempotency_key = NULL
WHERE i.customer_profiles_id = :tenant AND i.idempotency_key = :key AND i.created_at <= now() - interval '24 hours'

-- import_discarded(tenant, import_id) -> none
-- Forgets an upload that did not end well.
DELETE FROM song_imports i
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND i.status = 'uploading'

-- imports_listed(tenant, system, before, max_rows) -> many
-- A tenant's imports, of one system where it is given, the newest first, before an id.
SELECT i.song_imports_id, i.openkj_system_id, i.status, i.mode, i.on_error, i.dry_run, i.format, i.file_name, i.bytes,
       i.bytes_read, i.rows_read, i.rows_added, i.rows_updated, i.rows_unchanged, i.rows_removed, i.duplicates,
       i.error_count, i.problem, i.created_at, i.started_at, i.finished_at, i.errors, i.repeated
FROM song_imports i
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id < :before
  AND (:system::bigint IS NULL OR i.openkj_system_id = :system)
ORDER BY i.song_imports_id DESC
LIMIT :max_rows

-- import_shown(tenant, import_id) -> maybe
-- One import of a tenant.
SELECT i.song_imports_id, i.openkj_system_id, i.status, i.mode, i.on_error, i.dry_run, i.format, i.file_name, i.bytes,
       i.bytes_read, i.rows_read, i.rows_added, i.rows_updated, i.rows_unchanged, i.rows_removed, i.duplicates,
       i.error_count, i.problem, i.created_at, i.started_at, i.finished_at, i.errors, i.repeated
FROM song_imports i
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id

-- import_cancelled(tenant, import_id) -> none
-- Ends an import that has not finished; whoever works on it finds out with its next batch.
UPDATE song_imports i
SET status = 'cancelled', finished_at = clock_timestamp()
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id
  AND i.status IN ('uploading', 'queued', 'running')

-- import_chunks_dropped(tenant, import_id) -> none
-- Forgets an import's file.
DELETE FROM song_import_chunks c
USING song_imports i
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND c.song_imports_id = i.song_imports_id

-- import_songs_dropped(tenant, import_id) -> none
-- Forgets the songs an import has put aside.
DELETE FROM song_import_songs s
USING song_imports i
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND s.song_imports_id = i.song_imports_id

-- imports_waiting(lease_s, patience_s, max_rows) -> many
-- Imports nobody works on: whose job was lost (patience_s) or whose worker died (lease_s), the oldest first.
SELECT i.song_imports_id, i.customer_profiles_id, i.attempts
FROM song_imports i
WHERE (i.status = 'queued' AND i.touched_at <= now() - make_interval(secs => :patience_s::float8))
   OR (i.status = 'running' AND i.touched_at <= now() - make_interval(secs => :lease_s::float8))
ORDER BY i.song_imports_id
LIMIT :max_rows

-- import_claimed(tenant, import_id, lease_s) -> maybe
-- Takes an import to work on it: one that waits, or whose worker has said nothing for lease_s seconds. One that is being
-- merged is locked, and left alone.
UPDATE song_imports i
SET status = 'running', attempts = i.attempts + 1, started_at = coalesce(i.started_at, now()),
    touched_at = clock_timestamp(), rows_read = 0, bytes_read = 0
WHERE i.song_imports_id = (
    SELECT w.song_imports_id
    FROM song_imports w
    WHERE w.customer_profiles_id = :tenant AND w.song_imports_id = :import_id
      AND (w.status = 'queued'
           OR (w.status = 'running' AND w.touched_at <= now() - make_interval(secs => :lease_s::float8)))
    FOR UPDATE SKIP LOCKED)
RETURNING i.song_imports_id, i.customer_profiles_id, i.openkj_system_id, i.attempts, i.mode, i.on_error, i.dry_run,
          i.format, i.encoding, i.created_by

-- import_chunk(tenant, import_id, number) -> maybe
-- A piece of an import's file.
SELECT c.data
FROM song_import_chunks c JOIN song_imports i USING (song_imports_id)
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND c.number = :number

-- import_progressed(tenant, import_id, attempt, rows_read, bytes_read) -> none
-- How far a worker is; no row when the import is no longer that worker's.
UPDATE song_imports i
SET rows_read = :rows_read, bytes_read = :bytes_read, touched_at = clock_timestamp()
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND i.status = 'running'
  AND i.attempts = :attempt

-- import_locked(tenant, import_id, attempt) -> maybe
-- Locks an import that is still this worker's, until it is merged.
SELECT i.song_imports_id
FROM song_imports i
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND i.status = 'running'
  AND i.attempts = :attempt
FOR UPDATE

-- import_merged(tenant, system, import_id, replacing) -> one
-- Brings an import's songs into the book, in this one statement: no search sees half of them. Songs that stay keep their
-- id, those spelt as before are not written, and where `replacing` those that are not in the file go first. Of two
-- spellings in the file the first counts. Run after songs_joined_by_hash.
WITH songs AS MATERIALIZED (
    SELECT DISTINCT ON (s.normalized_combined) s.artist, s.title, s.combined, s.normalized_combined, s.artist_key,
           s.title_key, array_to_tsvector(string_to_array(s.words, ' ')) AS words
    FROM song_import_songs s JOIN song_imports i USING (song_imports_id)
    WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id
    ORDER BY s.normalized_combined, s.line
), gone AS (
    DELETE FROM songdb d
    WHERE :replacing AND d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
      AND NOT EXISTS (SELECT 1 FROM songs s WHERE s.normalized_combined = d.normalized_combined)
    RETURNING 1
), merged AS (
    INSERT INTO songdb AS d (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined,
                             artist_key, title_key, words)
    SELECT :tenant, :system, s.artist, s.title, s.combined, s.normalized_combined, s.artist_key, s.title_key, s.words
    FROM songs s
    WHERE (SELECT count(*) FROM gone) >= 0
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
    RETURNING d.xmax = 0 AS is_new
)
SELECT (SELECT count(*)::int FROM songs), (count(*) FILTER (WHERE is_new))::int,
       (count(*) FILTER (WHERE NOT is_new))::int, (SELECT count(*)::int FROM gone)
FROM merged

-- import_weighed(tenant, system, import_id, replacing) -> one
-- What import_merged would do, without doing it.
WITH songs AS MATERIALIZED (
    SELECT DISTINCT ON (s.normalized_combined) s.artist, s.title, s.combined, s.normalized_combined, s.artist_key,
           s.title_key, array_to_tsvector(string_to_array(s.words, ' ')) AS words
    FROM song_import_songs s JOIN song_imports i USING (song_imports_id)
    WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id
    ORDER BY s.normalized_combined, s.line
), book AS MATERIALIZED (
    SELECT d.artist, d.title, d.combined, d.normalized_combined, d.artist_key, d.title_key, d.words
    FROM songdb d
    WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
)
SELECT count(s.normalized_combined)::int,
       (count(*) FILTER (WHERE b.normalized_combined IS NULL))::int,
       (count(*) FILTER (WHERE s.normalized_combined = b.normalized_combined
                           AND (s.artist, s.title, s.combined, s.artist_key, s.title_key, s.words)
                               IS DISTINCT FROM (b.artist, b.title, b.combined, b.artist_key, b.title_key, b.words)))::int,
       (count(*) FILTER (WHERE :replacing AND s.normalized_combined IS NULL))::int
FROM songs s FULL JOIN book b ON b.normalized_combined = s.normalized_combined

-- import_repeats(tenant, import_id, max_rows) -> many
-- Songs a file has more than once: each later line with the first.
SELECT r.line, r.first
FROM (
    SELECT s.line, first_value(s.line) OVER (PARTITION BY s.normalized_combined ORDER BY s.line) AS first
    FROM song_import_songs s JOIN song_imports i USING (song_imports_id)
    WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id
) AS r
WHERE r.line <> r.first
ORDER BY r.line
LIMIT :max_rows

-- import_ended(tenant, import_id, attempt, status, format, rows_read, merged, duplicates, error_count, errors, repeated, problem) -> none
-- What came of an import; `merged` is added, updated, unchanged and removed.
UPDATE song_imports i
SET status = :status, format = :format, rows_read = :rows_read, bytes_read = i.bytes,
    rows_added = (:merged::int[])[1], rows_updated = (:merged::int[])[2], rows_unchanged = (:merged::int[])[3],
    rows_removed = (:merged::int[])[4], duplicates = :duplicates, error_count = :error_count, errors = :errors,
    repeated = :repeated, problem = :problem, finished_at = clock_timestamp()
WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND i.status = 'running'
  AND i.attempts = :attempt

-- imports_forgotten(keep, keep_days, upload_s, max_rows) -> none
-- Drops finished imports that are older than keep_days or not among a tenant's newest `keep`, and uploads that have
-- taken longer than upload_s seconds.
DELETE FROM song_imports
WHERE song_imports_id IN (
    SELECT ranked.song_imports_id
    FROM (
        SELECT i.song_imports_id, i.status, i.created_at,
               row_number() OVER (PARTITION BY i.customer_profiles_id ORDER BY i.song_imports_id DESC) AS place
        FROM song_imports i
    ) AS ranked
    WHERE (ranked.status IN ('done', 'failed', 'cancelled')
           AND (ranked.place > :keep OR ranked.created_at < now() - make_interval(days => :keep_days::int)))
       OR (ranked.status = 'uploading' AND ranked.created_at < now() - make_interval(secs => :upload_s::float8))
    LIMIT :max_rows
)

-- songs_exported(tenant, system, artist_key, title_key, after, max_rows) -> many
-- A stretch of a book in order of artists, after a position.
SELECT d.songdb_id, d.artist, d.title, d.artist_key, d.title_key
FROM songdb d
WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :system
  AND (d.artist_key, d.title_key, d.songdb_id) > (:artist_key, :title_key, :after)
ORDER BY d.artist_key, d.title_key, d.songdb_id
LIMIT :max_rows

-- song_removed(user_id, actor, tenant, song_id) -> maybe
-- Takes a song out of its book: the book's system.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
DELETE FROM songdb d
USING actor
WHERE d.customer_profiles_id = :tenant AND d.songdb_id = :song_id
RETURNING d.openkj_system_id

-- import_given_up(tenant, import_id, attempts) -> none
-- Ends an import whose workers died again and again.
WITH ended AS (
    UPDATE song_imports i
    SET status = 'failed', problem = 'the file could not be read in several attempts', finished_at = clock_timestamp()
    WHERE i.customer_profiles_id = :tenant AND i.song_imports_id = :import_id AND i.status = 'running'
      AND i.attempts >= :attempts
    RETURNING i.song_imports_id
), songs AS (
    DELETE FROM song_import_songs s USING ended WHERE s.song_imports_id = ended.song_imports_id
)
DELETE FROM song_import_chunks c USING ended WHERE c.song_imports_id = ended.song_imports_id

-- organizations_of(owner, max_rows) -> many
-- Organizations whose owner has this address; all where none is given. For an operator at a shell: across tenants.
SELECT p.customer_profiles_id
FROM customer_profiles p JOIN users u USING (users_id)
WHERE :owner::text IS NULL OR u.email = lower(:owner)
ORDER BY p.customer_profiles_id
LIMIT :max_rows
