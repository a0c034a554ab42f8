-- openkj_key(api_key_hashes) -> each
-- Keys, each with the serial of its tenant: all that a getSerial needs. Each is looked up by itself: for many at once
-- PostgreSQL would read small tables whole.
SELECT asked.hash, k.*
FROM unnest((SELECT :api_key_hashes::text[])) AS asked (hash)
CROSS JOIN LATERAL (
    SELECT k.api_keys_id, k.customer_profiles_id,
           CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
           coalesce((SELECT s.serial FROM state s WHERE s.customer_profiles_id = k.customer_profiles_id), 1), k.scopes
    FROM api_keys k
    WHERE k.api_key_hash = asked.hash
    LIMIT 1
) AS k

-- openkj_requests(api_key_hash, venue, max_rows) -> maybe
-- A key as openkj_key gives it, and what waits at one of its venues as JSON objects. After January 2038 the client reads
-- a time beyond its 32 bits as 0, so it gets the last one that fits.
SELECT k.api_keys_id, k.customer_profiles_id,
       CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
       coalesce(s.serial, 1), k.scopes, v.venues_id, waiting.unseen_up_to, coalesce(waiting.requests, '')
FROM api_keys k
LEFT JOIN state s USING (customer_profiles_id)
LEFT JOIN venues v ON v.customer_profiles_id = k.customer_profiles_id AND v.openkj_venue_id = :venue
LEFT JOIN LATERAL (
    SELECT max(r.requests_id) FILTER (WHERE r.seen_at IS NULL) AS unseen_up_to,
           string_agg(row_to_json(r.shown)::text, ',' ORDER BY r.requests_id) AS requests
    FROM (
        SELECT q.requests_id, q.seen_at,
               (SELECT shown
                FROM (SELECT q.request_number AS request_id, q.singer_name AS singer, q.artist, q.title,
                             least(floor(extract(epoch FROM q.requested_at)), 2147483647) AS request_time,
                             q.key_change) AS shown) AS shown
        FROM requests q
        WHERE q.venues_id = v.venues_id AND q.status = 'pending'
        ORDER BY q.requests_id
        LIMIT :max_rows
    ) AS r
) AS waiting ON true
WHERE k.api_key_hash = :api_key_hash

-- openkj_venues(tenant, max_rows) -> one
-- How many venues a tenant has (up to one more than max_rows), and all as JSON objects in the order of their numbers.
SELECT count(*)::int, coalesce(string_agg(row_to_json(v)::text, ',' ORDER BY v.venue_id), '')
FROM (
    SELECT openkj_venue_id AS venue_id, name, url_name, accepting_requests AS accepting
    FROM venues
    WHERE customer_profiles_id = :tenant
    ORDER BY openkj_venue_id
    LIMIT :max_rows::bigint + 1
) AS v

-- openkj_venue(tenant, number, url_name) -> maybe
-- A tenant's venue by number or public name; the first where both are NULL.
SELECT v.venues_id, v.openkj_venue_id, v.url_name, v.accepting_requests, v.current_system_id
FROM venues v
WHERE v.customer_profiles_id = :tenant
  AND (:number::int IS NULL OR v.openkj_venue_id = :number)
  AND (:url_name::text IS NULL OR v.url_name = :url_name)
ORDER BY v.openkj_venue_id
LIMIT 1

-- openkj_serial_moved(user_id, actor, tenant) -> value
-- Moves a serial on, although nothing changed.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
UPDATE state s
SET serial = CASE WHEN s.serial < 2147483647 THEN s.serial + 1 ELSE 1 END
FROM actor
WHERE s.customer_profiles_id = :tenant
RETURNING s.serial

-- openkj_serial_owed(user_id, actor, tenant) -> none
-- Moves a serial on, for a client that may have missed the last one.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
UPDATE state s
SET serial = CASE WHEN s.serial < 2147483647 THEN s.serial + 1 ELSE 1 END
FROM actor
WHERE s.customer_profiles_id = :tenant

-- openkj_client_told(user_id, actor, tenant, key_id, client) -> none
-- Keeps which program uses a key, where that changed.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
UPDATE api_keys k
SET metadata = coalesce(k.metadata, '{}') || jsonb_build_object('client', :client::text)
FROM actor
WHERE k.customer_profiles_id = :tenant AND k.api_keys_id = :key_id
  AND k.metadata ->> 'client' IS DISTINCT FROM :client

-- openkj_client(tenant, key_id) -> value
-- Which program uses a key; empty where that is not known.
SELECT coalesce((
    SELECT k.metadata ->> 'client' FROM api_keys k WHERE k.customer_profiles_id = :tenant AND k.api_keys_id = :key_id
), '')

-- openkj_seen(tenants, key_ids) -> many
-- Keys, each a tenant's, were used now and their tenants' venues were polled. Those whose watchers believe nobody polls
-- are given.
WITH known AS MATERIALIZED (
    SELECT k.api_keys_id, k.customer_profiles_id
    FROM unnest(:tenants::uuid[], :key_ids::uuid[]) AS u (tenant, key_id)
    JOIN api_keys k ON k.customer_profiles_id = u.tenant AND k.api_keys_id = u.key_id
), used AS (
    INSERT INTO api_key_uses (api_keys_id, used_at)
    SELECT DISTINCT known.api_keys_id, now() FROM known ORDER BY known.api_keys_id
    ON CONFLICT (api_keys_id) DO UPDATE SET used_at = excluded.used_at
), back AS (
    SELECT s.venues_id
    FROM venue_streams s JOIN venues v USING (venues_id)
    WHERE v.customer_profiles_id IN (SELECT customer_profiles_id FROM known) AND s.openkj_connected IS NOT TRUE
    ORDER BY s.venues_id
    FOR UPDATE OF s
), polled AS (
    INSERT INTO openkj_presence AS p (customer_profiles_id, collected_at)
    SELECT DISTINCT known.customer_profiles_id, now() FROM known ORDER BY known.customer_profiles_id
    ON CONFLICT (customer_profiles_id) DO UPDATE
    SET collected_at = excluded.collected_at,
        every_s = CASE WHEN p.collected_at > now() - interval '15 minutes'
                       THEN extract(epoch FROM now() - p.collected_at) ELSE p.every_s END
)
UPDATE venue_streams s
SET version = s.version + 1, openkj_connected = true
FROM back
WHERE s.venues_id = back.venues_id AND s.openkj_connected IS NOT TRUE
RETURNING s.venues_id, s.epoch, s.version

-- openkj_silent(grace_s, intervals, forget_after_s, max_rows) -> many
-- Marks venues whose OpenKJ is silent for grace_s and for as many of its intervals, or so long that it is not in use.
WITH quiet AS (
    SELECT s.venues_id, p.collected_at < now() - make_interval(secs => :forget_after_s::float8) AS forgotten
    FROM openkj_presence p JOIN venues v USING (customer_profiles_id) JOIN venue_streams s USING (venues_id)
    WHERE s.openkj_connected IS NOT NULL
      AND p.collected_at < now() - make_interval(secs => greatest(:grace_s::float8, :intervals::float8 * p.every_s))
      AND (s.openkj_connected OR p.collected_at < now() - make_interval(secs => :forget_after_s::float8))
    ORDER BY s.venues_id
    LIMIT :max_rows
    FOR UPDATE OF s SKIP LOCKED
)
UPDATE venue_streams s
SET version = s.version + 1, openkj_connected = CASE WHEN NOT quiet.forgotten THEN false END
FROM quiet
WHERE s.venues_id = quiet.venues_id
RETURNING s.venues_id, s.epoch, s.version

-- openkj_waiting(tenant, number, max_rows) -> many
-- Requests as other programs read them: what waits at one venue of a tenant, or at all.
SELECT r.request_number, r.singer_name, r.artist, r.title,
       least(floor(extract(epoch FROM r.requested_at)), 2147483647)::int, r.key_change, v.openkj_venue_id
FROM requests r
JOIN venues v USING (venues_id)
WHERE v.customer_profiles_id = :tenant AND r.status = 'pending' AND (:number::bigint IS NULL OR v.openkj_venue_id = :number)
ORDER BY r.requests_id
LIMIT :max_rows

-- openkj_request(tenant, number) -> maybe
-- A tenant's request by its number, and how it stands.
SELECT r.request_number, r.singer_name, r.artist, r.title,
       least(floor(extract(epoch FROM r.requested_at)), 2147483647)::int, r.key_change, v.openkj_venue_id,
       r.requests_id, r.status
FROM requests r
JOIN venues v USING (venues_id)
WHERE r.customer_profiles_id = :tenant AND r.request_number = :number::bigint
