-- requests_of_device(venue_id, device_id, max_rows) -> many
-- What a phone has asked for at a venue: what waits, and what was decided in the last three hours; the newest first;
-- with whether singers take turns there.
SELECT a.requests_id, a.request_number, a.venues_id, a.singer_name, a.artist, a.title, a.key_change, a.notes, a.status,
       a.reject_reason, a.processed_via, a.seen_at, a.requested_at, a.processed_at, a.device_id, a.submitted_by_users_id,
       a.customer_profiles_id, a.also_asked_as,
       s.epoch, s.version,
       (SELECT count(*)::int FROM requests r
        WHERE r.venues_id = a.venues_id AND r.status = 'pending' AND r.requests_id <= a.requests_id),
       v.rotation <> 'off'
FROM requests a JOIN venue_streams s USING (venues_id) JOIN venues v USING (venues_id)
WHERE a.device_id = :device_id AND a.venues_id = :venue_id AND a.requested_at > now() - interval '1 day'
  AND (a.status = 'pending' OR a.status <> 'withdrawn' AND a.processed_at > now() - interval '3 hours')
ORDER BY a.requests_id DESC
LIMIT :max_rows

-- kiosk_of_venue(tenant, venue_id) -> maybe
-- A tenant's venue with the series of its links for shared tablets.
SELECT venues_id, url_name, kiosk FROM venues WHERE customer_profiles_id = :tenant AND venues_id = :venue_id

-- kiosk_by_url_name(url_name) -> maybe
-- The venue behind a public name with the series of its links for shared tablets.
SELECT venues_id, url_name, kiosk FROM venues WHERE url_name = :url_name
