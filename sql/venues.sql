-- venue_by_id(tenant, venue_id) -> maybe
-- One venue of a tenant, with how many wait and when OpenKJ last polled.
SELECT v.venues_id, v.customer_profiles_id, v.openkj_venue_id, v.url_name, v.name, v.address, v.city, v.state,
       v.postal_code, v.country, v.phone_number, v.website,
       ST_Y(v.location::geometry), ST_X(v.location::geometry),
       v.accepting_requests, v.current_system_id, v.queue_privacy, v.message, v.rules,
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending'),
       (SELECT o.collected_at FROM openkj_presence o WHERE o.customer_profiles_id = v.customer_profiles_id),
       (SELECT s.openkj_connected FROM venue_streams s WHERE s.venues_id = v.venues_id),
       coalesce(v.time_zone, (SELECT p.timezone FROM customer_profiles p
                            WHERE p.customer_profiles_id = v.customer_profiles_id), 'UTC')
FROM venues v
WHERE v.customer_profiles_id = :tenant AND v.venues_id = :venue_id

-- venue_by_url_name(url_names) -> each
-- The venues behind public names.
SELECT v.url_name, v.venues_id, v.customer_profiles_id, v.openkj_venue_id, v.url_name, v.name, v.address, v.city, v.state,
       v.postal_code, v.country, v.phone_number, v.website,
       ST_Y(v.location::geometry), ST_X(v.location::geometry),
       v.accepting_requests, v.current_system_id, v.queue_privacy, v.message, v.rules,
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending'),
       (SELECT o.collected_at FROM openkj_presence o WHERE o.customer_profiles_id = v.customer_profiles_id),
       (SELECT s.openkj_connected FROM venue_streams s WHERE s.venues_id = v.venues_id),
       coalesce(v.time_zone, (SELECT p.timezone FROM customer_profiles p
                            WHERE p.customer_profiles_id = v.customer_profiles_id), 'UTC')
FROM venues v
WHERE v.url_name = ANY ((SELECT :url_names::text[])::text[])

-- venues_of_tenant(tenant, after, max_rows) -> many
-- A tenant's venues after an OpenKJ number, in that order.
SELECT v.venues_id, v.customer_profiles_id, v.openkj_venue_id, v.url_name, v.name, v.address, v.city, v.state,
       v.postal_code, v.country, v.phone_number, v.website,
       ST_Y(v.location::geometry), ST_X(v.location::geometry),
       v.accepting_requests, v.current_system_id, v.queue_privacy, v.message, v.rules,
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending'),
       (SELECT o.collected_at FROM openkj_presence o WHERE o.customer_profiles_id = v.customer_profiles_id),
       (SELECT s.openkj_connected FROM venue_streams s WHERE s.venues_id = v.venues_id),
       coalesce(v.time_zone, (SELECT p.timezone FROM customer_profiles p
                            WHERE p.customer_profiles_id = v.customer_profiles_id), 'UTC')
FROM venues v
WHERE v.customer_profiles_id = :tenant AND v.openkj_venue_id > :after::bigint
ORDER BY v.openkj_venue_id
LIMIT :max_rows

-- venues_today(tenant, venue_ids) -> many
-- What was asked for at a tenant's venues since the night began there.
SELECT r.venues_id, count(*)::int, (count(*) FILTER (WHERE r.status = 'processed'))::int,
       (count(*) FILTER (WHERE r.status = 'rejected'))::int, (count(*) FILTER (WHERE r.status = 'withdrawn'))::int,
       count(DISTINCT lower(r.singer_name))::int
FROM customer_profiles p
JOIN venues v ON v.customer_profiles_id = p.customer_profiles_id AND v.venues_id = ANY (:venue_ids::uuid[])
JOIN requests r ON r.venues_id = v.venues_id AND r.requested_at >= night_began(coalesce(v.time_zone, p.timezone, 'UTC'))
WHERE p.customer_profiles_id = :tenant
GROUP BY r.venues_id

-- venues_counted(tenant) -> value
-- How many venues a tenant has.
SELECT count(*)::int FROM venues v WHERE v.customer_profiles_id = :tenant

-- venue_may_sing_from(tenant, number) -> value
-- Whether a tenant has a system of this number.
SELECT EXISTS (SELECT 1 FROM systems s WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number)

-- venue_added(user_id, actor, tenant, url_names, given) -> maybe
-- A new venue with the tenant's next number, under the first of these names that is free; a taken name is a unique
-- violation. It sings from the given system or the tenant's lowest, which is not removed meanwhile. OpenKJ sees it, so
-- the serial moves. No row where there is no such tenant or system.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), sings AS MATERIALIZED (
    SELECT s.openkj_system_id
    FROM systems s, actor
    WHERE s.customer_profiles_id = :tenant
      AND s.openkj_system_id = coalesce((:given::jsonb ->> 'current_system_id')::bigint, s.openkj_system_id)
    ORDER BY s.openkj_system_id
    LIMIT 1
    FOR KEY SHARE OF s
), numbered AS (
    UPDATE state t
    SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END,
        last_venue_number = 1 + greatest(
            1000, t.last_venue_number,
            (SELECT max(v.openkj_venue_id) FROM venues v WHERE v.customer_profiles_id = :tenant))
    FROM sings
    WHERE t.customer_profiles_id = :tenant
    RETURNING t.last_venue_number
), named AS (
    SELECT coalesce(
        (SELECT c.url_name
         FROM unnest(:url_names::text[]) WITH ORDINALITY AS c (url_name, place)
         WHERE NOT EXISTS (SELECT 1 FROM venues v WHERE v.url_name = c.url_name)
         ORDER BY c.place LIMIT 1),
        (:url_names::text[])[1]) AS url_name
)
INSERT INTO venues (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code, country,
                    phone_number, website, location, accepting_requests, current_system_id, queue_privacy, message,
                    rules, time_zone)
SELECT :tenant, numbered.last_venue_number, named.url_name, n.name, n.address, n.city, n.state, n.postal_code,
       n.country, n.phone_number, n.website, n.location, n.accepting_requests, sings.openkj_system_id, n.queue_privacy,
       n.message, n.rules, n.time_zone
FROM numbered, sings, named, jsonb_populate_record(NULL::venues, :given::jsonb) AS n
RETURNING venues_id

-- venue_changed(user_id, actor, tenant, venue_id, given) -> maybe
-- Changes the columns that are given. No row when watchers see no difference: then neither the version nor the serial
-- moves. The serial moves only when OpenKJ would see it. A given system is not removed meanwhile; where the tenant has
-- none of that number nothing changes.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), gate AS MATERIALIZED (
    SELECT s.venues_id FROM venue_streams s, actor WHERE s.venues_id = :venue_id FOR UPDATE OF s
), sings AS MATERIALIZED (
    SELECT s.openkj_system_id
    FROM systems s, gate
    WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = (:given::jsonb ->> 'current_system_id')::bigint
    FOR KEY SHARE OF s
), before AS MATERIALIZED (
    SELECT v.venues_id, v AS was
    FROM venues v JOIN gate USING (venues_id)
    WHERE v.customer_profiles_id = :tenant
      AND ((:given::jsonb ->> 'current_system_id') IS NULL OR EXISTS (SELECT 1 FROM sings))
    FOR UPDATE OF v
), changed AS (
    UPDATE venues v
    SET url_name = n.url_name, name = n.name, address = n.address, city = n.city, state = n.state,
        postal_code = n.postal_code, country = n.country, phone_number = n.phone_number, website = n.website,
        location = n.location, accepting_requests = n.accepting_requests, current_system_id = n.current_system_id,
        queue_privacy = n.queue_privacy, message = n.message, rules = n.rules, rotation = n.rotation,
        next_up = n.next_up, kiosk = n.kiosk, time_zone = n.time_zone
    FROM before, jsonb_populate_record(before.was, :given::jsonb) AS n
    WHERE v.venues_id = before.venues_id AND n IS DISTINCT FROM before.was
    RETURNING v.venues_id, v.customer_profiles_id, v.url_name, v.name, v.accepting_requests, v.message, v.rules,
              v.queue_privacy, v.rotation, v.next_up, v.time_zone, (v.url_name, v.name, v.accepting_requests)
              IS DISTINCT FROM ((before.was).url_name, (before.was).name, (before.was).accepting_requests)
              AS openkj_sees,
              (v.url_name, v.name, v.accepting_requests, v.message, v.queue_privacy, v.current_system_id, v.rules,
               v.rotation, v.next_up, v.time_zone)
              IS DISTINCT FROM ((before.was).url_name, (before.was).name, (before.was).accepting_requests,
                                (before.was).message, (before.was).queue_privacy, (before.was).current_system_id,
                                (before.was).rules, (before.was).rotation, (before.was).next_up,
                                (before.was).time_zone)
              AS watchers_see
), bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    FROM changed
    WHERE s.venues_id = changed.venues_id AND changed.watchers_see
    RETURNING s.epoch, s.version, s.openkj_connected
), moved AS (
    UPDATE state t SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END
    FROM bump, changed
    WHERE t.customer_profiles_id = changed.customer_profiles_id AND changed.openkj_sees
)
SELECT changed.url_name, changed.name, changed.accepting_requests, changed.message, bump.openkj_connected,
       changed.rules, coalesce(changed.time_zone, p.timezone, 'UTC'), changed.queue_privacy, changed.rotation,
       changed.next_up, bump.epoch, bump.version
FROM changed JOIN customer_profiles p USING (customer_profiles_id), bump

-- venue_takes_along(tenant, venue_id) -> maybe
-- What goes with a venue of the tenant.
SELECT v.name,
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending'),
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status <> 'pending'),
       (SELECT count(*)::int FROM singer_request_history h WHERE h.venues_id = v.venues_id),
       (SELECT count(*)::int FROM singer_favorite_venues f WHERE f.venues_id = v.venues_id)
FROM venues v
WHERE v.customer_profiles_id = :tenant AND v.venues_id = :venue_id

-- venue_removed(user_id, actor, tenant, venue_id) -> maybe
-- Deletes a venue with all that hangs on it; where its stream stood. OpenKJ sees it, so the serial moves.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), gate AS MATERIALIZED (
    SELECT s.venues_id, s.epoch, s.version
    FROM venue_streams s, actor
    WHERE s.venues_id = :venue_id
    FOR UPDATE OF s
), gone AS (
    DELETE FROM venues v
    USING gate
    WHERE v.venues_id = gate.venues_id AND v.customer_profiles_id = :tenant
    RETURNING v.customer_profiles_id
), moved AS (
    UPDATE state t SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END
    FROM gone
    WHERE t.customer_profiles_id = gone.customer_profiles_id
)
SELECT gate.epoch, gate.version FROM gate, gone

-- venues_listed(accepting, name, url_name, max_rows) -> many
-- Everybody's venues by name, after a position.
SELECT v.url_name, v.name, v.address, v.city, v.state, v.postal_code, v.country,
       ST_Y(v.location::geometry), ST_X(v.location::geometry), v.accepting_requests
FROM venues v
WHERE (v.name, v.url_name) > (:name, :url_name) AND (:accepting::bool IS NULL OR v.accepting_requests = :accepting)
ORDER BY v.name, v.url_name
LIMIT :max_rows

-- venues_in_city(accepting, city, state, name, url_name, max_rows) -> many
-- Venues of a city, of one state where it is given, after a position.
SELECT v.url_name, v.name, v.address, v.city, v.state, v.postal_code, v.country,
       ST_Y(v.location::geometry), ST_X(v.location::geometry), v.accepting_requests
FROM venues v
WHERE (v.name, v.url_name) > (:name, :url_name) AND (:accepting::bool IS NULL OR v.accepting_requests = :accepting)
  AND lower(v.city) = lower(:city)
  AND (:state::text IS NULL OR lower(v.state) = lower(:state))
ORDER BY v.name, v.url_name
LIMIT :max_rows

-- venues_in_state(accepting, state, name, url_name, max_rows) -> many
-- Venues of a state, after a position.
SELECT v.url_name, v.name, v.address, v.city, v.state, v.postal_code, v.country,
       ST_Y(v.location::geometry), ST_X(v.location::geometry), v.accepting_requests
FROM venues v
WHERE (v.name, v.url_name) > (:name, :url_name) AND (:accepting::bool IS NULL OR v.accepting_requests = :accepting)
  AND lower(v.state) = lower(:state)
ORDER BY v.name, v.url_name
LIMIT :max_rows

-- venues_named(accepting, pattern, city, state, name, url_name, max_rows) -> many
-- Venues with a text in their name, anywhere or in a place, after a position.
SELECT v.url_name, v.name, v.address, v.city, v.state, v.postal_code, v.country,
       ST_Y(v.location::geometry), ST_X(v.location::geometry), v.accepting_requests
FROM venues v
WHERE (v.name, v.url_name) > (:name, :url_name) AND (:accepting::bool IS NULL OR v.accepting_requests = :accepting)
  AND v.name ILIKE :pattern
  AND (:city::text IS NULL OR lower(v.city) = lower(:city))
  AND (:state::text IS NULL OR lower(v.state) = lower(:state))
ORDER BY v.name, v.url_name
LIMIT :max_rows

-- venues_nearby(lat, lon, radius_m, accepting, max_rows) -> many
-- Venues within radius_m metres, nearest first; of one kind where accepting says so.
SELECT near.url_name, near.name, near.address, near.city, near.state, near.postal_code, near.country, near.latitude,
       near.longitude, near.accepting_requests, round(near.distance_m)::int
FROM (
    SELECT v.url_name, v.name, v.address, v.city, v.state, v.postal_code, v.country,
           ST_Y(v.location::geometry) AS latitude, ST_X(v.location::geometry) AS longitude, v.accepting_requests,
           ST_Distance(v.location, ST_Point(:lon::float8, :lat::float8)::geography) AS distance_m
    FROM venues v
    WHERE ST_DWithin(v.location, ST_Point(:lon::float8, :lat::float8)::geography, :radius_m::float8)
      AND (:accepting::bool IS NULL OR v.accepting_requests = :accepting)
    ORDER BY v.location <-> ST_Point(:lon::float8, :lat::float8)::geography
    LIMIT :max_rows
) AS near
ORDER BY near.distance_m, near.url_name

-- venues_nearby_accepting(lat, lon, radius_m, max_rows) -> many
-- Venues within radius_m metres that accept requests, nearest first.
SELECT near.url_name, near.name, near.address, near.city, near.state, near.postal_code, near.country, near.latitude,
       near.longitude, near.accepting_requests, round(near.distance_m)::int
FROM (
    SELECT v.url_name, v.name, v.address, v.city, v.state, v.postal_code, v.country,
           ST_Y(v.location::geometry) AS latitude, ST_X(v.location::geometry) AS longitude, v.accepting_requests,
           ST_Distance(v.location, ST_Point(:lon::float8, :lat::float8)::geography) AS distance_m
    FROM venues v
    WHERE ST_DWithin(v.location, ST_Point(:lon::float8, :lat::float8)::geography, :radius_m::float8)
      AND v.accepting_requests
    ORDER BY v.location <-> ST_Point(:lon::float8, :lat::float8)::geography
    LIMIT :max_rows
) AS near
ORDER BY near.distance_m, near.url_name
