-- request_submit(user_id, actor, tenant, venue_id, must_be_open, by_rules, by_blocks, singer_key, by_user, singer_name, artist, title, key_change, notes, device_id, fingerprint, allow_duplicate, scope, key, body_hash) -> maybe
-- Adds a request in one round trip: the venue's version, OpenKJ's serial and the next request number move with it. No
-- row when the venue is not the tenant's or closed, when a house rule is against it or its singer is blocked: the
-- venue's stream is locked before all that is judged, so of two that race for a last free slot one finds it taken; its
-- row too, so what was read of it is read again and nothing comes after a closing. The same pending song of the same
-- device, and a used idempotency key, are unique violations that undo the whole statement.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), gate AS MATERIALIZED (
    SELECT s.venues_id, v.rules ->> 'duplicatePolicy' IS NOT DISTINCT FROM 'allow' AS takes_duplicates
    FROM venue_streams s, actor, venues v
    WHERE s.venues_id = :venue_id AND v.venues_id = s.venues_id AND v.customer_profiles_id = :tenant
      AND (v.accepting_requests OR NOT :must_be_open)
    FOR UPDATE OF s FOR SHARE OF v
), judged AS MATERIALIZED (
    SELECT gate.venues_id, gate.takes_duplicates
    FROM gate
    WHERE (NOT :by_rules OR (rule_against(gate.venues_id, :device_id, :by_user, :fingerprint)).rule IS NULL)
      AND NOT (:by_blocks AND is_blocked(gate.venues_id, :device_id, :by_user, :singer_key))
), bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    FROM judged
    WHERE s.venues_id = judged.venues_id
    RETURNING s.epoch, s.version, judged.takes_duplicates
), moved AS (
    UPDATE state t
    SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END,
        last_request_number = t.last_request_number + 1
    FROM bump
    WHERE t.customer_profiles_id = :tenant
    RETURNING t.last_request_number, bump.takes_duplicates
), added AS (
    INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_profiles_id, submitted_by_users_id,
                          singer_name, artist, title, key_change, notes, device_id, song_fingerprint,
                          duplicate_allowed, also_asked_as)
    SELECT :tenant, :venue_id, moved.last_request_number,
           (SELECT p.singer_profiles_id FROM singer_profiles p WHERE p.users_id = :by_user::uuid), :by_user::uuid,
           :singer_name, :artist, :title, :key_change, :notes, :device_id, :fingerprint,
           :allow_duplicate OR moved.takes_duplicates, names_before(:venue_id, :device_id, :singer_name)
    FROM moved
    RETURNING *
), place AS MATERIALIZED (
    SELECT waiting_before(:venue_id, added.requests_id) + 1 AS position FROM added
), remembered AS (
    INSERT INTO idempotency_keys (scope, key, fingerprint, answer)
    SELECT :scope, :key, :body_hash,
           jsonb_build_object('id', added.requests_id, 'version', bump.version, 'position', place.position)
    FROM added, bump, place
    WHERE :key::text IS NOT NULL
)
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       bump.epoch, bump.version, place.position
FROM added a, bump, place

-- request_refusal(tenant, venue_id, device_id, by_user, fingerprint, by_blocks, singer_key) -> maybe
-- Whether a tenant's venue is open, whether the singer is blocked there, which house rule is against a request, and for
-- how many seconds yet.
SELECT v.accepting_requests, :by_blocks AND is_blocked(v.venues_id, :device_id, :by_user, :singer_key), j.rule, j.wait_s
FROM venues v, rule_against(v.venues_id, :device_id, :by_user, :fingerprint) AS j
WHERE v.venues_id = :venue_id AND v.customer_profiles_id = :tenant

-- idempotent_answer(scope, key) -> maybe
-- What was answered to this key within the last 24 hours.
SELECT fingerprint, answer
FROM idempotency_keys
WHERE scope = :scope AND key = :key AND created_at > now() - interval '24 hours'

-- idempotency_key_expire(scope, key) -> none
-- Drops one key if it is older than 24 hours.
DELETE FROM idempotency_keys WHERE scope = :scope AND key = :key AND created_at <= now() - interval '24 hours'

-- idempotency_keys_forget(max_rows) -> none
-- Drops keys that are older than 24 hours.
DELETE FROM idempotency_keys
WHERE (scope, key) IN (
    SELECT scope, key FROM idempotency_keys WHERE created_at <= now() - interval '24 hours' LIMIT :max_rows
)

-- requests_settle(user_id, actor, tenant, venue_id, ids, number, status, via, reason) -> many
-- Settles those requests of a tenant that are still pending: by ids, by OpenKJ's number, or all of a venue. The venue's
-- stream is locked first, in the order every queue write takes its locks, so of two that race one finds nothing. The
-- number is looked at again behind the lock: a request that was edited meanwhile has another.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), target AS MATERIALIZED (
    SELECT r.requests_id, r.venues_id
    FROM requests r, actor
    WHERE r.customer_profiles_id = :tenant AND r.status = 'pending'
      AND (:venue_id::uuid IS NULL OR r.venues_id = :venue_id)
      AND (:ids::bigint[] IS NULL OR r.requests_id = ANY (:ids))
      AND (:number::int IS NULL OR r.request_number = :number)
), gate AS MATERIALIZED (
    SELECT s.venues_id
    FROM venue_streams s
    WHERE s.venues_id IN (SELECT venues_id FROM target)
    ORDER BY s.venues_id
    FOR UPDATE
), settled AS (
    UPDATE requests r
    SET status = :status, processed = true, processed_at = now(), processed_via = :via, reject_reason = :reason
    FROM gate
    WHERE r.venues_id = gate.venues_id AND r.requests_id IN (SELECT requests_id FROM target) AND r.status = 'pending'
      AND (:number::int IS NULL OR r.request_number = :number)
    RETURNING r.*
), bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    WHERE s.venues_id IN (SELECT venues_id FROM settled)
    RETURNING s.venues_id, s.epoch, s.version
), moved AS (
    UPDATE state t SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END
    WHERE t.customer_profiles_id = :tenant AND EXISTS (SELECT 1 FROM bump)
)
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       bump.epoch, bump.version
FROM settled a JOIN bump USING (venues_id)
ORDER BY a.requests_id

-- request_restored(user_id, actor, tenant, request_id) -> many
-- Puts a processed or rejected request of a tenant back into its queue, at its old place; none when it waits already or
-- its singer took it back. The same song waiting for the same phone is a unique violation.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), target AS MATERIALIZED (
    SELECT r.requests_id, r.venues_id
    FROM requests r, actor
    WHERE r.customer_profiles_id = :tenant AND r.requests_id = :request_id AND r.status IN ('processed', 'rejected')
), gate AS MATERIALIZED (
    SELECT s.venues_id FROM venue_streams s WHERE s.venues_id IN (SELECT venues_id FROM target) FOR UPDATE
), restored AS (
    UPDATE requests r
    SET status = 'pending', processed = false, processed_at = NULL, processed_via = NULL, reject_reason = NULL,
        seen_at = NULL
    FROM gate
    WHERE r.venues_id = gate.venues_id AND r.requests_id IN (SELECT requests_id FROM target)
      AND r.status IN ('processed', 'rejected')
    RETURNING r.*
), bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    WHERE s.venues_id IN (SELECT venues_id FROM restored)
    RETURNING s.venues_id, s.epoch, s.version
), moved AS (
    UPDATE state t SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END
    WHERE t.customer_profiles_id = :tenant AND EXISTS (SELECT 1 FROM bump)
)
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       bump.epoch, bump.version
FROM restored a JOIN bump USING (venues_id)

-- requests_claimed(user_id, actor, by_user, device_id, max_rows) -> many
-- Makes the requests that a phone sent for a guest within 30 days those of the account that signed in on it; gives those
-- that still wait. A phone from which another account has asked is shared: nobody claims there. The same song may wait
-- twice then, once as the guest's.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), target AS MATERIALIZED (
    SELECT r.requests_id, r.venues_id, r.status
    FROM requests r, actor
    WHERE r.device_id = :device_id AND r.submitted_by_users_id IS NULL AND r.requested_at > now() - interval '30 days'
      AND NOT EXISTS (
          SELECT 1 FROM requests o WHERE o.device_id = :device_id AND o.submitted_by_users_id <> :by_user::uuid)
    ORDER BY r.requested_at DESC
    LIMIT :max_rows
), gate AS MATERIALIZED (
    SELECT s.venues_id
    FROM venue_streams s
    WHERE s.venues_id IN (SELECT venues_id FROM target WHERE status = 'pending')
    ORDER BY s.venues_id
    FOR UPDATE
), claimed AS (
    UPDATE requests r
    SET submitted_by_users_id = p.users_id, singer_profiles_id = p.singer_profiles_id,
        duplicate_allowed = r.duplicate_allowed OR r.status = 'pending'
    FROM singer_profiles p, (SELECT count(*) FROM gate) AS locked
    WHERE p.users_id = :by_user::uuid AND r.requests_id IN (SELECT requests_id FROM target)
      AND r.submitted_by_users_id IS NULL
    RETURNING r.*
), bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    WHERE s.venues_id IN (SELECT venues_id FROM claimed WHERE status = 'pending')
    RETURNING s.venues_id, s.epoch, s.version
)
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       bump.epoch, bump.version
FROM claimed a JOIN bump USING (venues_id)
WHERE a.status = 'pending'
ORDER BY a.requests_id

-- request_locked(tenant, request_id) -> maybe
-- Locks the queue in which a tenant's request stands, until the transaction ends: nobody settles or edits there meanwhile.
SELECT s.venues_id
FROM requests r JOIN venue_streams s USING (venues_id)
WHERE r.requests_id = :request_id AND r.customer_profiles_id = :tenant
FOR UPDATE OF s

-- request_swap_against(tenant, request_id, fingerprint) -> maybe
-- What the venue has against another song for a waiting request: 'closed', the name of a house rule, or NULL. Rules about
-- how much one may ask are not asked, since nothing is added; but to OpenKJ another song is a new request.
SELECT CASE
    WHEN NOT v.accepting_requests THEN 'closed'
    WHEN (v.rules ->> 'lastCallAt')::timestamptz
         BETWEEN night_began(coalesce(v.time_zone, p.timezone, 'UTC')) AND clock_timestamp() THEN 'lastCallAt'
    WHEN v.rules ->> 'duplicatePolicy' = 'refuse' AND EXISTS (
        SELECT 1 FROM requests r
        WHERE r.venues_id = v.venues_id AND r.status = 'pending' AND r.requests_id <> a.requests_id
          AND r.song_fingerprint = :fingerprint
          AND (r.device_id = a.device_id OR r.submitted_by_users_id = a.submitted_by_users_id)) THEN 'duplicatePolicy'
    WHEN (v.rules ->> 'songOncePerNight')::boolean AND EXISTS (
        SELECT 1 FROM requests r
        WHERE r.venues_id = v.venues_id AND r.requested_at >= night_began(coalesce(v.time_zone, p.timezone, 'UTC'))
          AND r.requests_id <> a.requests_id AND r.song_fingerprint = :fingerprint
          AND r.status IN ('pending', 'processed')) THEN 'songOncePerNight'
    END,
    v.rules ->> 'duplicatePolicy' IS NOT DISTINCT FROM 'allow'
FROM requests a JOIN venues v USING (venues_id) JOIN customer_profiles p ON p.customer_profiles_id = v.customer_profiles_id
WHERE a.requests_id = :request_id AND a.customer_profiles_id = :tenant

-- request_edited(tenant, request_id, singer_name, artist, title, key_change, notes, fingerprint, duplicate_allowed, renumbers, moves_serial) -> one
-- Changes a waiting request whose queue is locked. With another key or song it is a new one to OpenKJ, which looks at
-- numbers and not at keys: it gets the next number, and nobody has seen it yet. Hosts go on seeing the earlier name.
WITH bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    FROM requests r
    WHERE r.requests_id = :request_id AND r.customer_profiles_id = :tenant AND s.venues_id = r.venues_id
    RETURNING s.epoch, s.version
), moved AS (
    UPDATE state t
    SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END,
        last_request_number = t.last_request_number + :renumbers::bool::int
    WHERE t.customer_profiles_id = :tenant AND :moves_serial
    RETURNING t.last_request_number
), edited AS (
    UPDATE requests r
    SET singer_name = :singer_name, artist = :artist, title = :title, key_change = :key_change, notes = :notes,
        song_fingerprint = :fingerprint, duplicate_allowed = coalesce(:duplicate_allowed, r.duplicate_allowed),
        also_asked_as = CASE WHEN lower(r.singer_name) = lower(:singer_name) THEN r.also_asked_as
                             ELSE (r.singer_name || array_remove(r.also_asked_as, :singer_name))[1:5] END,
        request_number = CASE WHEN :renumbers THEN (SELECT last_request_number FROM moved) ELSE r.request_number END,
        seen_at = CASE WHEN :renumbers THEN NULL ELSE r.seen_at END
    WHERE r.requests_id = :request_id AND r.customer_profiles_id = :tenant AND r.status = 'pending'
    RETURNING r.*
)
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       bump.epoch, bump.version,
       (SELECT count(*)::int FROM requests r
        WHERE r.venues_id = a.venues_id AND r.status = 'pending' AND r.requests_id <= a.requests_id)
FROM edited a, bump

-- requests_see(user_id, actor, tenant, venue_id, up_to) -> many
-- Marks a venue's waiting requests up to an id as seen by the KJ. Watchers see it, OpenKJ does not.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), target AS MATERIALIZED (
    SELECT r.requests_id
    FROM requests r, actor
    WHERE r.customer_profiles_id = :tenant AND r.venues_id = :venue_id AND r.status = 'pending'
      AND r.seen_at IS NULL AND r.requests_id <= :up_to
), gate AS MATERIALIZED (
    SELECT s.venues_id FROM venue_streams s WHERE s.venues_id = :venue_id AND EXISTS (SELECT 1 FROM target) FOR UPDATE
), seen AS (
    UPDATE requests r SET seen_at = now()
    FROM gate
    WHERE r.requests_id IN (SELECT requests_id FROM target) AND r.status = 'pending' AND r.seen_at IS NULL
    RETURNING r.*
), bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    WHERE s.venues_id IN (SELECT venues_id FROM seen)
    RETURNING s.venues_id, s.epoch, s.version
)
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       bump.epoch, bump.version
FROM seen a JOIN bump USING (venues_id)
ORDER BY a.requests_id

-- request_by_id(request_id) -> maybe
-- One request with its place in the queue. For holders of its tracking token: the token names the request, no tenant.
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       s.epoch, s.version,
       (SELECT count(*)::int FROM requests r
        WHERE r.venues_id = a.venues_id AND r.status = 'pending' AND r.requests_id <= a.requests_id)
FROM requests a JOIN venue_streams s USING (venues_id)
WHERE a.requests_id = :request_id

-- request_of_tenant(tenant, request_id) -> maybe
-- Whether a request is the tenant's, and how it stands.
SELECT status FROM requests WHERE customer_profiles_id = :tenant AND requests_id = :request_id

-- request_addressee(request_id) -> one
-- The organization and the venue that a request was sent to.
SELECT r.customer_profiles_id, v.url_name FROM requests r JOIN venues v USING (venues_id) WHERE r.requests_id = :request_id

-- song_for_request(tenant, venue_id, song_id) -> maybe
-- A song of the catalogue that is active at a venue.
SELECT s.artist, s.title
FROM songdb s JOIN venues v ON v.customer_profiles_id = s.customer_profiles_id AND v.current_system_id = s.openkj_system_id
WHERE s.songdb_id = :song_id AND v.venues_id = :venue_id AND v.customer_profiles_id = :tenant

-- songs_of_tonight(tenant, venue_id, before, max_rows) -> many
-- Songs asked for since the night began at a venue that lets others see songs, but for those turned down or taken back,
-- the newest request first, before an id.
SELECT r.requests_id, r.artist, r.title, r.status = 'pending'
FROM venues v JOIN customer_profiles p USING (customer_profiles_id) JOIN requests r USING (venues_id)
WHERE v.customer_profiles_id = :tenant AND v.venues_id = :venue_id AND v.queue_privacy <> 'hidden'
  AND r.requested_at >= night_began(coalesce(v.time_zone, p.timezone, 'UTC')) AND r.status IN ('pending', 'processed')
  AND r.requests_id < :before
ORDER BY r.requests_id DESC
LIMIT :max_rows

-- venue_snapshot(venue_id) -> maybe
-- A venue's stream and everything its watchers see, as of one moment; at most 5,000 waiting requests, and what was sung
-- tonight where that decides who comes next.
SELECT v.url_name, v.name, v.accepting_requests, v.message, s.openkj_connected, v.rules,
       coalesce(v.time_zone, p.timezone, 'UTC'), v.queue_privacy, v.rotation, v.next_up, s.epoch, s.version,
       coalesce((
           SELECT jsonb_agg(to_jsonb(q) ORDER BY q.id)
           FROM (
               SELECT a.requests_id AS id, a.request_number AS number, a.venues_id AS venue_id, a.singer_name, a.artist,
                      a.title, a.key_change, a.notes, a.status, a.reject_reason, a.processed_via, a.seen_at,
                      a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id AS user_id,
                      a.customer_profiles_id AS tenant, a.also_asked_as
               FROM requests a
               WHERE a.venues_id = v.venues_id AND a.status = 'pending'
               ORDER BY a.requests_id
               LIMIT 5000
           ) q
       ), '[]'::jsonb),
       coalesce((
           SELECT jsonb_agg(to_jsonb(q))
           FROM (
               SELECT a.requests_id AS id, a.request_number AS number, a.venues_id AS venue_id, a.singer_name, a.artist,
                      a.title, a.key_change, a.notes, a.status, a.reject_reason, a.processed_via, a.seen_at,
                      a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id AS user_id,
                      a.customer_profiles_id AS tenant, a.also_asked_as
               FROM requests a
               WHERE v.rotation <> 'off' AND a.venues_id = v.venues_id AND a.status = 'processed'
                 AND a.requested_at >= night_began(coalesce(v.time_zone, p.timezone, 'UTC'))
               ORDER BY a.requested_at DESC
               LIMIT 2000
           ) q
       ), '[]'::jsonb)
FROM venue_streams s JOIN venues v USING (venues_id) JOIN customer_profiles p USING (customer_profiles_id)
WHERE s.venues_id = :venue_id

-- venue_versions(venue_ids) -> many
-- Where the streams of many venues stand: the sweep's question.
SELECT venues_id, epoch, version FROM venue_streams WHERE venues_id = ANY (:venue_ids::uuid[])

-- venue_stream_by_url_name(url_names) -> each
-- Venues as live connections look them up.
SELECT url_name, venues_id, customer_profiles_id FROM venues WHERE url_name = ANY ((SELECT :url_names::text[])::text[])

-- venue_stream_by_id(ids) -> each
-- The same by their ids, as texts.
SELECT venues_id::text, venues_id, customer_profiles_id FROM venues WHERE venues_id = ANY ((SELECT :ids::text[])::uuid[])

-- venue_is_tenants(tenant, venue_id) -> value
-- Whether a venue belongs to the tenant.
SELECT EXISTS (SELECT 1 FROM venues WHERE customer_profiles_id = :tenant AND venues_id = :venue_id)

-- rotation_of_venue(tenant, venue_id) -> maybe
-- How a tenant's venue orders its queue: what waits there, and what was sung tonight, each with who asked.
SELECT v.rotation, v.next_up,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object(
               'id', r.requests_id, 'singer_name', r.singer_name, 'device_id', r.device_id,
               'user_id', r.submitted_by_users_id) ORDER BY r.requests_id)
           FROM (
               SELECT * FROM requests a WHERE a.venues_id = v.venues_id AND a.status = 'pending'
               ORDER BY a.requests_id LIMIT 5000
           ) r
       ), '[]'::jsonb),
       coalesce((
           SELECT jsonb_agg(jsonb_build_object(
               'id', r.requests_id, 'singer_name', r.singer_name, 'device_id', r.device_id,
               'user_id', r.submitted_by_users_id))
           FROM (
               SELECT * FROM requests a
               WHERE a.venues_id = v.venues_id AND a.status = 'processed'
                 AND a.requested_at >= night_began(coalesce(v.time_zone, p.timezone, 'UTC'))
               ORDER BY a.requested_at DESC LIMIT 2000
           ) r
       ), '[]'::jsonb)
FROM venues v JOIN customer_profiles p USING (customer_profiles_id)
WHERE v.customer_profiles_id = :tenant AND v.venues_id = :venue_id

-- request_waits(tenant, venue_id, request_id) -> value
-- Whether a request waits at a tenant's venue.
SELECT EXISTS (
    SELECT 1 FROM requests
    WHERE customer_profiles_id = :tenant AND venues_id = :venue_id AND requests_id = :request_id AND status = 'pending'
)
