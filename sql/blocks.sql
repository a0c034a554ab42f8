-- block_target(tenant, venue_id, request_id) -> maybe
-- Who asked for a request at a tenant's venue.
SELECT r.device_id, r.submitted_by_users_id, r.singer_name
FROM requests r
WHERE r.requests_id = :request_id AND r.customer_profiles_id = :tenant AND r.venues_id = :venue_id

-- block_added(user_id, actor, tenant, venue_id, device, account, singer_key, singer_name, reason, until, minutes, most) -> maybe
-- Keeps somebody from asking at a venue: until a time, for some minutes, or for the rest of the night where neither is
-- given; whoever is blocked already gets the new end. No row for one more than `most` at a venue. The venue's stream is
-- locked first, as by a request: one that came before is through, and none comes after.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), gate AS MATERIALIZED (
    SELECT s.venues_id, night_ends(coalesce(v.time_zone, p.timezone, 'UTC')) AS night_ends
    FROM venue_streams s, actor, venues v JOIN customer_profiles p USING (customer_profiles_id)
    WHERE s.venues_id = :venue_id AND v.venues_id = s.venues_id AND v.customer_profiles_id = :tenant
    FOR UPDATE OF s
), wanted AS MATERIALIZED (
    SELECT gate.venues_id,
           coalesce(:singer_name, (SELECT r.singer_name FROM requests r
                                   WHERE r.device_id = :device AND r.venues_id = gate.venues_id
                                   ORDER BY r.requested_at DESC LIMIT 1), '') AS singer_name,
           coalesce(:until::timestamptz, now() + make_interval(mins => :minutes::int), gate.night_ends) AS ends_at
    FROM gate
), changed AS (
    UPDATE venue_blocks b SET ends_at = wanted.ends_at, reason = :reason::text
    FROM wanted
    WHERE b.venues_id = wanted.venues_id AND b.ends_at > now()
      AND (b.device_id, b.users_id, b.singer_key) IS NOT DISTINCT FROM (:device::text, :account::uuid, :singer_key::text)
    RETURNING b.*
), added AS (
    INSERT INTO venue_blocks (customer_profiles_id, venues_id, device_id, users_id, singer_key, singer_name, reason, ends_at)
    SELECT :tenant, wanted.venues_id, :device, :account, :singer_key, wanted.singer_name, :reason, wanted.ends_at
    FROM wanted
    WHERE NOT EXISTS (SELECT 1 FROM changed)
      AND (SELECT count(*) FROM venue_blocks b WHERE b.venues_id = :venue_id AND b.ends_at > now()) < :most::bigint
    RETURNING *
)
SELECT b.venue_blocks_id, b.customer_profiles_id, b.venues_id, b.device_id, b.users_id, b.singer_name, b.reason,
       b.created_at, b.ends_at
FROM (SELECT * FROM changed UNION ALL SELECT * FROM added) AS b

-- blocks_listed(tenant, venue_id, before, before_id, max_rows) -> many
-- Who may not ask at a tenant's venue now, the newest first, after a position.
SELECT b.venue_blocks_id, b.customer_profiles_id, b.venues_id, b.device_id, b.users_id, b.singer_name, b.reason,
       b.created_at, b.ends_at
FROM venue_blocks b
WHERE b.customer_profiles_id = :tenant AND b.venues_id = :venue_id AND b.ends_at > now()
  AND (b.created_at, b.venue_blocks_id) < (:before, :before_id::uuid)
ORDER BY b.created_at DESC, b.venue_blocks_id DESC
LIMIT :max_rows

-- block_lifted(user_id, actor, tenant, venue_id, block_id) -> maybe
-- Lets somebody ask again.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
DELETE FROM venue_blocks b
USING actor
WHERE b.customer_profiles_id = :tenant AND b.venues_id = :venue_id AND b.venue_blocks_id = :block_id
RETURNING b.venue_blocks_id

-- singer_blocked(venue_id, device, account, singer_key) -> value
-- Whether a venue takes no requests from this phone, account or name now.
SELECT is_blocked(:venue_id, :device, :account, :singer_key)

-- blocks_forgotten(keep_days, max_rows) -> none
-- Drops blocks that ended so many days ago.
DELETE FROM venue_blocks
WHERE venue_blocks_id IN (
    SELECT b.venue_blocks_id FROM venue_blocks b
    WHERE b.ends_at < now() - make_interval(days => :keep_days::int)
    LIMIT :max_rows
)
