-- account_by_email(email) -> maybe
-- What sign-in needs to judge a password.
SELECT u.users_id, u.email, u.name, u.password_hash, coalesce(e.generation, 0)
FROM users u
LEFT JOIN auth_epochs e USING (users_id)
WHERE u.email = lower(:email)

-- account_signed_in(user_id, judged, renewed) -> none
-- Stamps a sign-in; a renewed hash replaces the one that was judged, never one that was set meanwhile.
UPDATE users
SET last_login_at = now(),
    password_hash = coalesce(CASE WHEN password_hash = :judged::text THEN :renewed::text END, password_hash)
WHERE users_id = :user_id

-- person(user_id) -> maybe
-- One person with global roles and singer profile.
SELECT u.users_id, u.email, u.name, u.display_name, u.phone_number, u.image_url, u.is_email_verified,
       ARRAY(SELECT r.slug FROM user_roles ur JOIN roles r USING (roles_id) WHERE ur.users_id = u.users_id ORDER BY r.slug),
       s.singer_profiles_id, s.nickname, s.avatar_url,
       coalesce(e.epoch, 0), coalesce(e.generation, 0), u.disabled_at IS NOT NULL
FROM users u
LEFT JOIN singer_profiles s USING (users_id)
LEFT JOIN auth_epochs e USING (users_id)
WHERE u.users_id = :user_id

-- person_memberships(user_id) -> many
-- Organizations a person owns or works for, with what they may do there; at most 100.
WITH mine AS (
    SELECT p.customer_profiles_id, coalesce(p.dba_name, p.legal_business_name, '') AS name, r.roles_id,
           CASE WHEN p.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS status,
           NULL::uuid AS organization_users_id, true AS is_owner
    FROM customer_profiles p
    JOIN roles r ON r.slug = 'customer_owner'
    WHERE p.users_id = :user_id
    UNION ALL
    SELECT p.customer_profiles_id, coalesce(p.dba_name, p.legal_business_name, ''), o.role_id,
           CASE WHEN o.status = 'active' AND p.suspended_at IS NOT NULL THEN 'suspended' ELSE o.status::text END,
           o.organization_users_id, false
    FROM organization_users o
    JOIN customer_profiles p USING (customer_profiles_id)
    WHERE o.users_id = :user_id AND o.status <> 'revoked' AND p.users_id <> :user_id
)
SELECT m.customer_profiles_id, m.name, coalesce(r.slug, ''), m.status,
       ARRAY(
           SELECT DISTINCT q.slug
           FROM permissions q
           WHERE q.permissions_id IN (SELECT rp.permissions_id FROM role_permissions rp WHERE rp.roles_id = m.roles_id)
              OR q.permissions_id IN (
                  SELECT op.permissions_id FROM organization_user_permissions op
                  WHERE op.organization_users_id = m.organization_users_id)
           ORDER BY q.slug
       ),
       m.is_owner
FROM mine m
LEFT JOIN roles r USING (roles_id)
ORDER BY m.is_owner DESC, m.name
LIMIT 100

-- account_register(email, name, password_hash, role, nickname, business, contact, timezone, system_name) -> maybe
-- A new person, as a singer with a profile or as the owner of an organization with a first system; no row when the
-- address is known. An invitation's empty place for somebody is filled.
WITH person AS (
    INSERT INTO users AS u (email, name, password_hash, password_algo)
    VALUES (:email, :name, :password_hash, 'argon2id')
    ON CONFLICT (email) DO UPDATE
    SET name = excluded.name, password_hash = excluded.password_hash, password_algo = excluded.password_algo
    WHERE u.password_hash IS NULL AND NOT u.is_email_verified AND u.disabled_at IS NULL
      AND NOT EXISTS (SELECT FROM user_roles r WHERE r.users_id = u.users_id)
    RETURNING users_id
), role AS (
    INSERT INTO user_roles (users_id, roles_id)
    SELECT p.users_id, r.roles_id FROM person p JOIN roles r ON r.slug = :role::text
), customer AS (
    INSERT INTO customer_profiles (users_id, legal_business_name, contact_email, timezone)
    SELECT users_id, :business, :contact, :timezone FROM person WHERE :role::text = 'customer_owner'
    RETURNING customer_profiles_id
), first_system AS (
    INSERT INTO systems (customer_profiles_id, openkj_system_id, name)
    SELECT customer_profiles_id, 1, :system_name FROM customer
), singer AS (
    INSERT INTO singer_profiles (users_id, nickname)
    SELECT users_id, :nickname FROM person WHERE :role::text = 'singer'
)
SELECT users_id FROM person

-- account_verified(user_id) -> none
-- Whoever used a link that was sent to an address owns it.
UPDATE users SET is_email_verified = true WHERE users_id = :user_id AND NOT is_email_verified

-- account_set_password(user_id, password_hash) -> none
-- Replaces the password.
UPDATE users SET password_hash = :password_hash, password_algo = 'argon2id' WHERE users_id = :user_id

-- account_set_email(user_id, email) -> none
-- Replaces the address by one that was confirmed.
UPDATE users SET email = :email, is_email_verified = true WHERE users_id = :user_id

-- account_set_profile(user_id, given) -> none
-- Replaces what is given: name, display_name, phone_number.
UPDATE users
SET name = CASE WHEN :given::jsonb ? 'name' THEN :given ->> 'name' ELSE name END,
    display_name = CASE WHEN :given ? 'display_name' THEN :given ->> 'display_name' ELSE display_name END,
    phone_number = CASE WHEN :given ? 'phone_number' THEN :given ->> 'phone_number' ELSE phone_number END
WHERE users_id = :user_id

-- account_delete(user_id) -> none
-- A person, and all that belongs to them.
DELETE FROM users WHERE users_id = :user_id

-- link_issue(purpose, user_id, detail, token, lifetime_s) -> value
-- A token for one purpose; the older ones for the same purpose end.
WITH older AS (
    DELETE FROM verification_tokens WHERE starts_with(identifier, :purpose::text || ':' || :user_id::text || ':')
)
INSERT INTO verification_tokens (identifier, token, expires_at)
VALUES (:purpose || ':' || :user_id || ':' || :detail::text, :token, now() + :lifetime_s * interval '1 second')
RETURNING token

-- link_redeem(purpose, token) -> maybe
-- Takes a token out: whose it was, and what was kept with it.
DELETE FROM verification_tokens
WHERE token = :token AND split_part(identifier, ':', 1) = :purpose AND expires_at > now()
RETURNING split_part(identifier, ':', 2)::uuid, split_part(identifier, ':', 3)

-- links_end(user_id) -> none
-- Whatever was sent to a person before is good for nothing any more.
DELETE FROM verification_tokens WHERE split_part(identifier, ':', 2) = :user_id::text

-- links_forget() -> none
-- Tokens that nobody used in time.
DELETE FROM verification_tokens WHERE expires_at <= now()

-- auth_epochs_moved(seconds) -> many
-- The epochs that moved within these seconds.
SELECT users_id, epoch FROM auth_epochs WHERE changed_at > now() - :seconds * interval '1 second'

-- auth_epoch(user_id) -> value
-- A person's epoch.
SELECT coalesce((SELECT epoch FROM auth_epochs WHERE users_id = :user_id), 0)

-- auth_sessions_end(user_id) -> value
-- Ends every session of a person: a new epoch and a new generation.
INSERT INTO auth_epochs AS e (users_id, epoch, generation)
VALUES (:user_id, 1, 1)
ON CONFLICT (users_id) DO UPDATE
SET epoch = e.epoch + 1, generation = e.generation + 1, changed_at = clock_timestamp()
RETURNING epoch

-- account_claim(user_id) -> none
-- The address is confirmed for the first time by other means than a password: that password ends.
UPDATE users SET is_email_verified = true, password_hash = NULL WHERE users_id = :user_id AND NOT is_email_verified

-- totp_factor(user_id) -> maybe
-- A person's secret for codes, sealed, and whether it counts yet.
SELECT totp_secret, enabled_at IS NOT NULL FROM totp_factors WHERE users_id = :user_id

-- totp_is_on(user_id) -> value
-- Whether a person signs in with a second factor.
SELECT EXISTS (SELECT FROM totp_factors WHERE users_id = :user_id AND enabled_at IS NOT NULL)

-- totp_prepare(user_id, sealed) -> none
-- A secret that does not count yet; one that counts stays.
INSERT INTO totp_factors AS f (users_id, totp_secret)
VALUES (:user_id, :sealed)
ON CONFLICT (users_id) DO UPDATE SET totp_secret = excluded.totp_secret, last_step = 0
WHERE f.enabled_at IS NULL

-- totp_enable(user_id, step) -> none
-- From now on it counts; the code that showed it is used up.
UPDATE totp_factors SET enabled_at = now(), last_step = :step WHERE users_id = :user_id AND enabled_at IS NULL

-- totp_use_step(user_id, step) -> none
-- Uses up a step and all before it.
UPDATE totp_factors SET last_step = :step
WHERE users_id = :user_id AND last_step < :step AND enabled_at IS NOT NULL

-- totp_remove(user_id) -> none
-- No second factor any more, and no recovery codes.
WITH codes AS (DELETE FROM recovery_codes WHERE users_id = :user_id)
DELETE FROM totp_factors WHERE users_id = :user_id

-- factor_phone(user_id) -> maybe
-- Where codes may be sent by text message, sealed; no row without a second factor.
SELECT phone_sealed FROM totp_factors WHERE users_id = :user_id AND enabled_at IS NOT NULL

-- factor_phone_set(user_id, sealed) -> none
-- Sets that phone, or takes it away (NULL).
UPDATE totp_factors SET phone_sealed = :sealed WHERE users_id = :user_id AND enabled_at IS NOT NULL

-- recovery_codes_keep(user_id, hashes) -> none
-- Replaces the recovery codes.
WITH gone AS (DELETE FROM recovery_codes WHERE users_id = :user_id)
INSERT INTO recovery_codes (users_id, code_hash) SELECT :user_id, unnest(:hashes::text[])

-- recovery_code_use(user_id, code_hash) -> none
-- Uses up a recovery code.
DELETE FROM recovery_codes WHERE users_id = :user_id AND code_hash = :code_hash

-- linked_person(issuer, subject) -> maybe
-- Whose account the word of another service opens.
SELECT users_id FROM accounts WHERE provider = :issuer AND provider_account_id = :subject

-- link_candidate(email) -> one
-- The account with this address; the address does not change under our hands.
SELECT users_id, email, name, is_email_verified FROM users WHERE email = :email FOR UPDATE

-- link_add(user_id, issuer, subject) -> none
-- From now on the other service's subject opens this account; one that opens another already goes on doing so.
INSERT INTO accounts (users_id, provider, provider_account_id, type)
VALUES (:user_id, :issuer, :subject, 'oidc')
ON CONFLICT (provider, provider_account_id) DO NOTHING
