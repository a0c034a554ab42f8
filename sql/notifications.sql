-- outbox_put(sealed, for_s) -> value
-- Writes a letter, due at once.
INSERT INTO outbox (sealed, expires_at)
VALUES (:sealed, now() + :for_s * interval '1 second')
RETURNING outbox_id

-- outbox_claim(letter_id) -> maybe
-- Takes a due letter for a minute, and longer at each attempt: whoever gets the row may send it.
UPDATE outbox
SET attempts = attempts + 1, due_at = now() + interval '1 minute' * least(power(2, attempts), 60)
WHERE outbox_id = :letter_id AND due_at <= now() AND expires_at > now()
RETURNING outbox_id, name::text, sealed, attempts

-- outbox_done(letter_id) -> none
-- A letter that was sent leaves nothing behind.
DELETE FROM outbox WHERE outbox_id = :letter_id

-- outbox_due(max_rows) -> many
-- Letters to send now, the oldest first.
SELECT outbox_id FROM outbox WHERE due_at <= now() AND expires_at > now() ORDER BY due_at LIMIT :max_rows

-- outbox_forget() -> none
-- Letters that nobody needs any more.
DELETE FROM outbox WHERE expires_at <= now()
