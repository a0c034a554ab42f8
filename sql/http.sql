-- call_claimed(scope, key, fingerprint) -> value
-- Takes a key for the call of this transaction, unless it was used within the last 24 hours. Of two calls at once the
-- second waits for the end of the first.
WITH claimed AS (
    INSERT INTO call_replays AS r (scope, key, fingerprint)
    VALUES (:scope, :key, :fingerprint)
    ON CONFLICT (scope, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, sealed = excluded.sealed, created_at = excluded.created_at
    WHERE r.created_at <= now() - interval '24 hours'
    RETURNING 1
)
SELECT EXISTS (SELECT 1 FROM claimed)

-- call_remembered(scope, key, sealed) -> none
-- Keeps the answer of the call that claimed a key.
UPDATE call_replays SET sealed = :sealed WHERE scope = :scope AND key = :key

-- call_answered(scope, key) -> maybe
-- What was asked and answered under a key.
SELECT fingerprint, sealed FROM call_replays WHERE scope = :scope AND key = :key

-- call_replays_forget(max_rows) -> none
-- Drops answers that are older than 24 hours.
DELETE FROM call_replays
WHERE (scope, key) IN (
    SELECT scope, key FROM call_replays WHERE created_at <= now() - interval '24 hours' LIMIT :max_rows
)
