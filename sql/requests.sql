-- requests_waiting(tenant, venue_id, singer, words, since, until, device, account, direction, after, max_rows) -> many
-- What waits at a tenant's venue, or at all of them, in the queue's order (direction 1) or the newest first (-1), after a
-- position: an id times the direction.
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as
FROM venues v CROSS JOIN LATERAL (
    SELECT r.*
    FROM requests r
    WHERE r.venues_id = v.venues_id AND r.status = 'pending' AND r.requests_id * :direction::bigint > :after::bigint
      AND (:singer::text IS NULL OR strpos(lower(r.singer_name), lower(:singer)) > 0)
      AND (:words::text IS NULL OR strpos(lower(r.artist || ' ' || r.title || ' ' || r.singer_name), lower(:words)) > 0)
      AND r.requested_at >= coalesce(:since::timestamptz, '-infinity')
      AND r.requested_at < coalesce(:until::timestamptz, 'infinity')
      AND (:device::text IS NULL OR r.device_id = :device)
      AND (:account::uuid IS NULL OR r.submitted_by_users_id = :account)
    ORDER BY r.requests_id * :direction::bigint
    LIMIT :max_rows
) AS a
WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
ORDER BY a.requests_id * :direction::bigint
LIMIT :max_rows

-- requests_history_oldest(tenant, venue_id, status, singer, words, since, until, device, account, at, id, max_rows) -> many
-- Requests of a tenant's venue, or of all of them, of one status or any, in the order they came, after a position. Each
-- venue's are read along its own index.
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as
FROM venues v CROSS JOIN LATERAL (
    SELECT r.*
    FROM requests r
    WHERE r.venues_id = v.venues_id AND (r.requested_at, r.requests_id) > (:at::timestamptz, :id::bigint)
      AND (:status::text IS NULL OR r.status = :status)
      AND (:singer::text IS NULL OR strpos(lower(r.singer_name), lower(:singer)) > 0)
      AND (:words::text IS NULL OR strpos(lower(r.artist || ' ' || r.title || ' ' || r.singer_name), lower(:words)) > 0)
      AND r.requested_at >= coalesce(:since::timestamptz, '-infinity')
      AND r.requested_at < coalesce(:until::timestamptz, 'infinity')
      AND (:device::text IS NULL OR r.device_id = :device)
      AND (:account::uuid IS NULL OR r.submitted_by_users_id = :account)
    ORDER BY r.requested_at, r.requests_id
    LIMIT :max_rows
) AS a
WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
ORDER BY a.requested_at, a.requests_id
LIMIT :max_rows

-- requests_history_newest(tenant, venue_id, status, singer, words, since, until, device, account, at, id, max_rows) -> many
-- Requests of a tenant's venue, or of all of them, of one status or any, the newest first, after a position. Each
-- venue's are read along its own index.
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as
FROM venues v CROSS JOIN LATERAL (
    SELECT r.*
    FROM requests r
    WHERE r.venues_id = v.venues_id AND (r.requested_at, r.requests_id) < (:at::timestamptz, :id::bigint)
      AND (:status::text IS NULL OR r.status = :status)
      AND (:singer::text IS NULL OR strpos(lower(r.singer_name), lower(:singer)) > 0)
      AND (:words::text IS NULL OR strpos(lower(r.artist || ' ' || r.title || ' ' || r.singer_name), lower(:words)) > 0)
      AND r.requested_at >= coalesce(:since::timestamptz, '-infinity')
      AND r.requested_at < coalesce(:until::timestamptz, 'infinity')
      AND (:device::text IS NULL OR r.device_id = :device)
      AND (:account::uuid IS NULL OR r.submitted_by_users_id = :account)
    ORDER BY r.requested_at DESC, r.requests_id DESC
    LIMIT :max_rows
) AS a
WHERE v.customer_profiles_id = :tenant AND (:venue_id::uuid IS NULL OR v.venues_id = :venue_id)
ORDER BY a.requested_at DESC, a.requests_id DESC
LIMIT :max_rows
