-- alert_raised(tenant, kind, title, message, window_s) -> none
-- Adds an alert unless the same words are being shown.
INSERT INTO openkj_alerts (customer_profiles_id, kind, title, message, expires_at)
SELECT :tenant, :kind, :title, :message, now() + make_interval(secs => :window_s::float8)
WHERE NOT EXISTS (
    SELECT 1 FROM openkj_alerts a
    WHERE a.customer_profiles_id = :tenant AND a.kind = :kind AND a.title = :title AND a.message = :message
      AND a.expires_at > now()
)

-- alerts_current(tenant) -> many
-- The newest alert of each kind whose window lasts, oldest first.
SELECT newest.title, newest.message
FROM (
    SELECT DISTINCT ON (a.kind) a.openkj_alerts_id, a.title, a.message
    FROM openkj_alerts a
    WHERE a.customer_profiles_id = :tenant AND a.expires_at > now()
    ORDER BY a.kind, a.openkj_alerts_id DESC
) newest
ORDER BY newest.openkj_alerts_id
LIMIT 5

-- alerts_forgotten(keep_days, max_rows) -> none
-- Drops alerts that ended more than keep_days ago.
DELETE FROM openkj_alerts
WHERE openkj_alerts_id IN (
    SELECT a.openkj_alerts_id FROM openkj_alerts a
    WHERE a.expires_at < now() - make_interval(days => :keep_days::int)
    LIMIT :max_rows
)
