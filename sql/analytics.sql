-- summaries_due(after, max_rows) -> many
-- Venues whose requests have changed since they were counted, or whose clock shows another time zone now; after an id.
SELECT s.venues_id
FROM venue_streams s
JOIN venues v USING (venues_id)
JOIN customer_profiles p USING (customer_profiles_id)
LEFT JOIN venue_summaries m USING (venues_id)
WHERE (m.epoch, m.version, m.timezone) IS DISTINCT FROM (s.epoch, s.version, coalesce(v.time_zone, p.timezone, 'UTC'))
  AND s.venues_id > :after::uuid
ORDER BY s.venues_id
LIMIT :max_rows

-- summary_opened(venue_id) -> none
-- Makes the row that says how far a venue is counted, unless it is there.
INSERT INTO venue_summaries (venues_id)
SELECT v.venues_id FROM venues v WHERE v.venues_id = :venue_id
ON CONFLICT (venues_id) DO NOTHING

-- summary_begun(venue_id) -> maybe
-- Locks a venue's counting, unless somebody else is at it: where its stream stands, in which zone its nights are, and
-- since when requests may have changed that were not counted (everything where that is NULL). A change carries the time
-- at which its transaction began; none takes ten minutes.
SELECT s.epoch, s.version, coalesce(v.time_zone, p.timezone, 'UTC'), known_zone(coalesce(v.time_zone, p.timezone, 'UTC')),
       CASE WHEN (m.epoch, m.timezone) = (s.epoch, coalesce(v.time_zone, p.timezone, 'UTC'))
            THEN m.refreshed_at - interval '10 minutes' END
FROM venue_summaries m
JOIN venue_streams s USING (venues_id)
JOIN venues v USING (venues_id)
JOIN customer_profiles p USING (customer_profiles_id)
WHERE m.venues_id = :venue_id
FOR UPDATE OF m SKIP LOCKED

-- summary_nights(venue_id, zone, since) -> many
-- The nights of a venue in which requests have changed.
SELECT DISTINCT night_of(r.requested_at, :zone)
FROM requests r
WHERE r.venues_id = :venue_id AND r.updated_at >= coalesce(:since::timestamptz, '-infinity')

-- summary_cleared(venue_id, nights) -> none
-- Forgets what was counted of these nights, or of all of them.
WITH hours AS (
    DELETE FROM venue_night_hours
    WHERE venues_id = :venue_id AND (:nights::date[] IS NULL OR night = ANY (:nights))
), songs AS (
    DELETE FROM venue_night_songs
    WHERE venues_id = :venue_id AND (:nights::date[] IS NULL OR night = ANY (:nights))
)
DELETE FROM venue_night_singers
WHERE venues_id = :venue_id AND (:nights::date[] IS NULL OR night = ANY (:nights))

-- summary_counted(venue_id, zone, nights) -> none
-- Counts these nights: by hour of the wall clock, by song, by singer. Of several spellings the last one is kept.
WITH asked AS MATERIALIZED (
    SELECT n.night, r.*, extract(hour FROM r.requested_at AT TIME ZONE :zone)::int AS hour,
           coalesce(nullif(r.song_fingerprint, ''), lower(r.artist || ' ' || r.title)) AS song
    FROM unnest(:nights::date[]) AS n (night)
    JOIN requests r ON r.venues_id = :venue_id
         AND r.requested_at >= (n.night + interval '5 hours') AT TIME ZONE :zone
         AND r.requested_at < (n.night + 1 + interval '5 hours') AT TIME ZONE :zone
), hours AS (
    INSERT INTO venue_night_hours (venues_id, night, hour, requests, processed, rejected, withdrawn, waited_s)
    SELECT :venue_id, a.night, a.hour, count(*), count(*) FILTER (WHERE a.status = 'processed'),
           count(*) FILTER (WHERE a.status = 'rejected'), count(*) FILTER (WHERE a.status = 'withdrawn'),
           coalesce(sum(extract(epoch FROM a.processed_at - a.requested_at)) FILTER (WHERE a.status = 'processed'), 0)
    FROM asked a
    GROUP BY a.night, a.hour
), songs AS (
    INSERT INTO venue_night_songs (venues_id, night, song, artist, title, requests, processed)
    SELECT :venue_id, a.night, a.song, (array_agg(a.artist ORDER BY a.requests_id DESC))[1],
           (array_agg(a.title ORDER BY a.requests_id DESC))[1], count(*), count(*) FILTER (WHERE a.status = 'processed')
    FROM asked a
    GROUP BY a.night, a.song
)
INSERT INTO venue_night_singers (venues_id, night, singer, singer_name, requests, processed)
SELECT :venue_id, a.night, lower(a.singer_name), (array_agg(a.singer_name ORDER BY a.requests_id DESC))[1], count(*),
       count(*) FILTER (WHERE a.status = 'processed')
FROM asked a
GROUP BY a.night, lower(a.singer_name)

-- summary_marked(venue_id, epoch, version, timezone) -> none
-- Notes how far a venue is counted: all that had changed when this transaction began.
UPDATE venue_summaries
SET epoch = :epoch, version = :version, timezone = :timezone, refreshed_at = now()
WHERE venues_id = :venue_id

-- daily_stats(tenant, venue_id, since, until, after, max_rows) -> many
-- A tenant's nights, those with requests, after a night. The wait is the mean, in seconds, of what was processed.
SELECT h.night, sum(h.requests)::int, sum(h.processed)::int, sum(h.rejected)::int, sum(h.withdrawn)::int,
       (SELECT count(DISTINCT s.singer)::int
        FROM venue_night_singers s JOIN venues v USING (venues_id)
        WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
          AND s.night = h.night),
       (sum(h.waited_s) / nullif(sum(h.processed), 0))::int
FROM venue_night_hours h JOIN venues v USING (venues_id)
WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
  AND h.night BETWEEN :since::date AND :until::date AND h.night > :after::date
GROUP BY h.night
ORDER BY h.night
LIMIT :max_rows

-- top_songs(tenant, venue_id, since, until, before, before_song, max_rows) -> many
-- Songs by how often they were asked for, after a position.
SELECT t.song, (array_agg(t.artist ORDER BY t.night DESC))[1], (array_agg(t.title ORDER BY t.night DESC))[1],
       sum(t.requests)::int, sum(t.processed)::int, count(DISTINCT t.night)::int
FROM venue_night_songs t JOIN venues v USING (venues_id)
WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
  AND t.night BETWEEN :since::date AND :until::date
GROUP BY t.song
HAVING (-sum(t.requests), t.song) > (-:before::bigint, :before_song)
ORDER BY sum(t.requests) DESC, t.song
LIMIT :max_rows

-- top_singers(tenant, venue_id, since, until, before, before_singer, max_rows) -> many
-- Singers, by name, by how often they asked, after a position.
SELECT t.singer, (array_agg(t.singer_name ORDER BY t.night DESC))[1], sum(t.requests)::int, sum(t.processed)::int,
       count(DISTINCT t.night)::int
FROM venue_night_singers t JOIN venues v USING (venues_id)
WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
  AND t.night BETWEEN :since::date AND :until::date
GROUP BY t.singer
HAVING (-sum(t.requests), t.singer) > (-:before::bigint, :before_singer)
ORDER BY sum(t.requests) DESC, t.singer
LIMIT :max_rows

-- peak_hours(tenant, venue_id, since, until, weekday) -> many
-- Requests by hour of the wall clock, from where the night begins, on all weekdays or one (1 is Monday).
SELECT o.hour, coalesce(sum(h.requests), 0)::int, coalesce(sum(h.processed), 0)::int,
       (sum(h.waited_s) / nullif(sum(h.processed), 0))::int
FROM (SELECT (4 + n) % 24 AS hour, n FROM generate_series(1, 24) AS n) AS o
LEFT JOIN (venue_night_hours h
           JOIN venues v ON v.venues_id = h.venues_id AND v.customer_profiles_id = :tenant
                AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id))
       ON h.hour = o.hour AND h.night BETWEEN :since::date AND :until::date
          AND (:weekday::int IS NULL OR extract(isodow FROM h.night) = :weekday)
GROUP BY o.hour, o.n
ORDER BY o.n

-- venues_compared(tenant, venue_id, since, until, before, before_id, max_rows) -> many
-- A tenant's venues, also those without requests, by how much was asked for there, after a position.
SELECT v.venues_id, v.name, coalesce(h.nights, 0)::int, coalesce(h.requests, 0)::int, coalesce(h.processed, 0)::int,
       coalesce(h.rejected, 0)::int, coalesce(h.withdrawn, 0)::int,
       (SELECT count(DISTINCT s.singer)::int FROM venue_night_singers s
        WHERE s.venues_id = v.venues_id AND s.night BETWEEN :since::date AND :until::date),
       (h.waited_s / nullif(h.processed, 0))::int
FROM venues v
LEFT JOIN LATERAL (
    SELECT count(DISTINCT t.night) AS nights, sum(t.requests) AS requests, sum(t.processed) AS processed,
           sum(t.rejected) AS rejected, sum(t.withdrawn) AS withdrawn, sum(t.waited_s) AS waited_s
    FROM venue_night_hours t
    WHERE t.venues_id = v.venues_id AND t.night BETWEEN :since::date AND :until::date
) AS h ON true
WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
  AND (-coalesce(h.requests, 0), v.venues_id) > (-:before::bigint, :before_id::uuid)
ORDER BY coalesce(h.requests, 0) DESC, v.venues_id
LIMIT :max_rows
