-- venue_by_id(tenant, venue_id) -> maybe
-- One venue of a tenant, with how many wait and when OpenKJ last polled.
SELECT v.venues_id, v.customer_profiles_id, v.openkj_venue_id, v.url_name, v.name, v.address, v.city, v.state,
       v.postal_code, v.country, v.phone_number, v.website,
       ST_Y(v.location::geometry), ST_X(v.location::geometry),
       v.accepting_requests, v.current_system_id, v.queue_privacy, v.message,
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending'),
       (SELECT p.collected_at FROM openkj_presence p WHERE p.venues_id = v.venues_id)
FROM venues v
WHERE v.customer_profiles_id = :tenant AND v.venues_id = :venue_id

-- venue_by_url_name(url_name) -> maybe
-- The venue behind a public name.
SELECT v.venues_id, v.customer_profiles_id, v.openkj_venue_id, v.url_name, v.name, v.address, v.city, v.state,
       v.postal_code, v.country, v.phone_number, v.website,
       ST_Y(v.location::geometry), ST_X(v.location::geometry),
       v.accepting_requests, v.current_system_id, v.queue_privacy, v.message,
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending'),
       (SELECT p.collected_at FROM openkj_presence p WHERE p.venues_id = v.venues_id)
FROM venues v
WHERE v.url_name = :url_name

-- venues_of_tenant(tenant, after, max_rows) -> many
-- A tenant's venues after an OpenKJ number, in that order.
SELECT v.venues_id, v.customer_profiles_id, v.openkj_venue_id, v.url_name, v.name, v.address, v.city, v.state,
       v.postal_code, v.country, v.phone_number, v.website,
       ST_Y(v.location::geometry), ST_X(v.location::geometry),
       v.accepting_requests, v.current_system_id, v.queue_privacy, v.message,
       (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending'),
       (SELECT p.collected_at FROM openkj_presence p WHERE p.venues_id = v.venues_id)
FROM venues v
WHERE v.customer_profiles_id = :tenant AND v.openkj_venue_id > :after::bigint
ORDER BY v.openkj_venue_id
LIMIT :max_rows

-- venue_set_open(user_id, actor, tenant, venue_id, accepting, system, privacy, message) -> maybe
-- Changes what is given (NULL leaves it, an empty message removes it). No row when nothing differs: then neither the
-- version nor the serial moves. The serial moves only when OpenKJ would see it.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), gate AS MATERIALIZED (
    SELECT s.venues_id FROM venue_streams s, actor WHERE s.venues_id = :venue_id FOR UPDATE OF s
), before AS MATERIALIZED (
    SELECT v.venues_id, v.accepting_requests
    FROM venues v JOIN gate USING (venues_id)
    WHERE v.customer_profiles_id = :tenant
    FOR UPDATE OF v
), changed AS (
    UPDATE venues v
    SET accepting_requests = coalesce(:accepting, v.accepting_requests),
        current_system_id = coalesce(:system, v.current_system_id),
        queue_privacy = coalesce(:privacy, v.queue_privacy),
        message = nullif(coalesce(:message, v.message), '')
    FROM before
    WHERE v.venues_id = before.venues_id
      AND (v.accepting_requests, v.current_system_id, v.queue_privacy, coalesce(v.message, ''))
          IS DISTINCT FROM (coalesce(:accepting, v.accepting_requests), coalesce(:system, v.current_system_id),
                            coalesce(:privacy, v.queue_privacy), coalesce(:message, v.message, ''))
    RETURNING v.venues_id, v.customer_profiles_id, v.url_name, v.name, v.accepting_requests, v.message,
              v.accepting_requests <> before.accepting_requests AS openkj_sees
), bump AS (
    UPDATE venue_streams s SET version = s.version + 1
    FROM changed
    WHERE s.venues_id = changed.venues_id
    RETURNING s.epoch, s.version
), moved AS (
    UPDATE state t SET serial = CASE WHEN t.serial < 2147483647 THEN t.serial + 1 ELSE 1 END
    FROM bump, changed
    WHERE t.customer_profiles_id = changed.customer_profiles_id AND changed.openkj_sees
)
SELECT changed.url_name, changed.name, changed.accepting_requests, changed.message, bump.epoch, bump.version
FROM changed, bump
