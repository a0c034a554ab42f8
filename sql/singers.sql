-- singer_arrived(singer, by_user, device_id) -> maybe
-- A person's own singer profile, and whether their phone may have asked for something that is nobody's yet.
SELECT p.nickname,
       EXISTS (SELECT 1 FROM requests r
               WHERE r.device_id = :device_id AND r.submitted_by_users_id IS NULL
                 AND r.requested_at > now() - interval '30 days')
FROM singer_profiles p
WHERE p.singer_profiles_id = :singer AND p.users_id = :by_user

-- singer_venue(url_name, venue_id) -> maybe
-- A venue by its public name or its id.
SELECT venues_id, customer_profiles_id
FROM venues
WHERE (:url_name::text IS NULL OR url_name = :url_name) AND (:venue_id::uuid IS NULL OR venues_id = :venue_id)
LIMIT 1

-- singer_profile(singer) -> maybe
-- A singer's profile.
SELECT singer_profiles_id, nickname, avatar_url, preferences, created_at
FROM singer_profiles
WHERE singer_profiles_id = :singer

-- singer_profile_added(by_user, given) -> maybe
-- A first singer profile; no row for somebody who has one.
INSERT INTO singer_profiles (users_id, nickname, avatar_url, preferences)
VALUES (:by_user, :given::jsonb ->> 'nickname', :given ->> 'avatar_url', :given -> 'preferences')
ON CONFLICT (users_id) DO NOTHING
RETURNING singer_profiles_id, nickname, avatar_url, preferences, created_at

-- singer_profile_set(singer, given) -> maybe
-- Replaces what is given: nickname, avatar_url, preferences. Preferences we do not know of stay.
UPDATE singer_profiles
SET nickname = CASE WHEN :given::jsonb ? 'nickname' THEN :given ->> 'nickname' ELSE nickname END,
    avatar_url = CASE WHEN :given ? 'avatar_url' THEN :given ->> 'avatar_url' ELSE avatar_url END,
    preferences = CASE WHEN :given ? 'preferences' THEN coalesce(preferences, '{}') || (:given -> 'preferences')
                       ELSE preferences END
WHERE singer_profiles_id = :singer
RETURNING singer_profiles_id, nickname, avatar_url, preferences, created_at

-- singer_requests(singer, status, url_name, before, max_rows) -> many
-- A singer's requests before an id, the newest first, with their place where they wait.
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       s.epoch, s.version,
       CASE WHEN a.status = 'pending' THEN
           (SELECT count(*)::int FROM requests r
            WHERE r.venues_id = a.venues_id AND r.status = 'pending' AND r.requests_id <= a.requests_id)
       ELSE 0 END,
       v.url_name, v.name
FROM requests a JOIN venue_streams s USING (venues_id) JOIN venues v USING (venues_id)
WHERE a.singer_profiles_id = :singer AND a.requests_id < :before
  AND (:status::text IS NULL OR a.status = :status) AND (:url_name::text IS NULL OR v.url_name = :url_name)
ORDER BY a.requests_id DESC
LIMIT :max_rows

-- singer_request(singer, request_id) -> maybe
-- One of a singer's requests.
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       s.epoch, s.version,
       (SELECT count(*)::int FROM requests r
        WHERE r.venues_id = a.venues_id AND r.status = 'pending' AND r.requests_id <= a.requests_id),
       v.url_name, v.name
FROM requests a JOIN venue_streams s USING (venues_id) JOIN venues v USING (venues_id)
WHERE a.singer_profiles_id = :singer AND a.requests_id = :request_id

-- singer_history(singer, url_name, since, until, before_at, before_id, max_rows) -> many
-- What a singer asked for, the newest first.
SELECT h.singer_request_history_id, v.url_name, v.name, h.artist, h.title, h.key_change, h.requested_at, r.status
FROM singer_request_history h JOIN venues v USING (venues_id) LEFT JOIN requests r USING (requests_id)
WHERE h.singer_profiles_id = :singer
  AND (h.requested_at, h.singer_request_history_id) < (:before_at::timestamptz, :before_id::uuid)
  AND (:url_name::text IS NULL OR v.url_name = :url_name)
  AND (:since::timestamptz IS NULL OR h.requested_at >= :since)
  AND (:until::timestamptz IS NULL OR h.requested_at < :until)
ORDER BY h.requested_at DESC, h.singer_request_history_id DESC
LIMIT :max_rows

-- favorite_songs(singer, venue_id, available, before_at, before_id, max_rows) -> many
-- A singer's songs, the newest first, each as the book of a venue has it tonight.
SELECT f.singer_favorite_songs_id, f.artist, f.title, f.key_change, f.created_at, s.songdb_id
FROM singer_favorite_songs f
LEFT JOIN venues v ON v.venues_id = :venue_id
LEFT JOIN songdb s ON s.customer_profiles_id = v.customer_profiles_id AND s.openkj_system_id = v.current_system_id
     AND s.normalized_combined = f.normalized_combined
WHERE f.singer_profiles_id = :singer
  AND (f.created_at, f.singer_favorite_songs_id) < (:before_at::timestamptz, :before_id::uuid)
  AND (:available::bool IS NULL OR :available = (s.songdb_id IS NOT NULL))
ORDER BY f.created_at DESC, f.singer_favorite_songs_id DESC
LIMIT :max_rows

-- favorite_song_kept(singer, artist, title, key_change, normalized, most) -> maybe
-- Keeps a song, or its new key; no row without the profile, or with more than `most` songs.
INSERT INTO singer_favorite_songs AS f (singer_profiles_id, artist, title, key_change, normalized_combined, metadata)
SELECT p.singer_profiles_id, :artist, :title, :key_change, :normalized::text, '{}'
FROM singer_profiles p
WHERE p.singer_profiles_id = :singer
  AND (SELECT count(*) FROM singer_favorite_songs o
       WHERE o.singer_profiles_id = :singer AND o.normalized_combined <> :normalized::text) < :most
ON CONFLICT (singer_profiles_id, normalized_combined) DO UPDATE
SET key_change = excluded.key_change, artist = excluded.artist, title = excluded.title
RETURNING f.singer_favorite_songs_id, f.artist, f.title, f.key_change, f.created_at, NULL::bigint

-- favorite_song_dropped(singer, favorite_id) -> none
-- Keeps a song no longer.
DELETE FROM singer_favorite_songs WHERE singer_profiles_id = :singer AND singer_favorite_songs_id = :favorite_id

-- favorite_venues(singer, venue_id, before_at, before_id, max_rows) -> many
-- A singer's venues, the newest first, or one of them.
SELECT v.url_name, v.name, v.address, v.city, v.state, v.postal_code, v.country,
       ST_Y(v.location::geometry), ST_X(v.location::geometry), v.accepting_requests, v.venues_id, f.created_at
FROM singer_favorite_venues f JOIN venues v USING (venues_id)
WHERE f.singer_profiles_id = :singer AND (:venue_id::uuid IS NULL OR f.venues_id = :venue_id)
  AND (f.created_at, f.venues_id) < (:before_at::timestamptz, :before_id::uuid)
ORDER BY f.created_at DESC, f.venues_id DESC
LIMIT :max_rows

-- favorite_venue_kept(singer, venue_id) -> maybe
-- Keeps a venue; no row without the profile.
WITH me AS (
    SELECT singer_profiles_id FROM singer_profiles WHERE singer_profiles_id = :singer
), kept AS (
    INSERT INTO singer_favorite_venues (singer_profiles_id, venues_id)
    SELECT singer_profiles_id, :venue_id FROM me
    ON CONFLICT (singer_profiles_id, venues_id) DO NOTHING
)
SELECT singer_profiles_id FROM me

-- favorite_venue_dropped(singer, venue_id) -> none
-- Keeps a venue no longer.
DELETE FROM singer_favorite_venues WHERE singer_profiles_id = :singer AND venues_id = :venue_id
