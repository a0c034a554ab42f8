-- account_by_email(email) -> maybe
-- What sign-in needs to judge a password.
SELECT users_id, email, name, password_hash
FROM users
WHERE email = lower(:email)

-- account_signed_in(user_id, password_hash) -> none
-- Stamps a sign-in; a password hash replaces the stored one when its parameters were outdated.
UPDATE users
SET last_login_at = now(), password_hash = coalesce(:password_hash, password_hash)
WHERE users_id = :user_id

-- person(user_id) -> maybe
-- One person with global roles and singer profile.
SELECT u.users_id, u.email, u.name, u.display_name, u.phone_number, u.image_url, u.is_email_verified,
       ARRAY(SELECT r.slug FROM user_roles ur JOIN roles r USING (roles_id) WHERE ur.users_id = u.users_id ORDER BY r.slug),
       s.singer_profiles_id, s.nickname, s.avatar_url
FROM users u
LEFT JOIN singer_profiles s USING (users_id)
WHERE u.users_id = :user_id

-- person_memberships(user_id) -> many
-- Organizations a person owns or works for, with what they may do there; at most 100.
WITH mine AS (
    SELECT p.customer_profiles_id, coalesce(p.dba_name, p.legal_business_name, '') AS name, r.roles_id, 'active' AS status,
           NULL::uuid AS organization_users_id, true AS is_owner
    FROM customer_profiles p
    JOIN roles r ON r.slug = 'customer_owner'
    WHERE p.users_id = :user_id
    UNION ALL
    SELECT p.customer_profiles_id, coalesce(p.dba_name, p.legal_business_name, ''), o.role_id, o.status::text,
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
