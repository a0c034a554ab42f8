-- organization_shown(tenant) -> maybe
-- An organization, with the time zone its venues go by.
SELECT p.customer_profiles_id, coalesce(p.dba_name, p.legal_business_name, ''), coalesce(p.timezone, 'UTC')
FROM customer_profiles p
WHERE p.customer_profiles_id = :tenant

-- organization_zone_set(tenant, time_zone) -> many
-- Sets an organization's time zone; where the streams of the venues that go by it stand then, as their watchers see the
-- difference.
WITH gate AS MATERIALIZED (
    SELECT s.venues_id
    FROM venue_streams s JOIN venues v USING (venues_id)
    WHERE v.customer_profiles_id = :tenant AND v.time_zone IS NULL
    ORDER BY s.venues_id
    FOR UPDATE OF s
), changed AS (
    UPDATE customer_profiles p SET timezone = :time_zone
    WHERE p.customer_profiles_id = :tenant AND p.timezone IS DISTINCT FROM :time_zone
      AND (SELECT count(*) FROM gate) >= 0
    RETURNING p.customer_profiles_id
)
UPDATE venue_streams s SET version = s.version + 1
FROM gate, changed
WHERE s.venues_id = gate.venues_id
RETURNING s.venues_id, s.epoch, s.version

-- organization_members(tenant, member, max_rows) -> many
-- The owner, then the members by address; one of them where `member` is given. A name is known once they have joined.
SELECT p.customer_profiles_id, p.users_id, u.email, u.name, 'customer_owner', 'active', ARRAY[]::text[], true,
       NULL::timestamptz
FROM customer_profiles p
JOIN users u USING (users_id)
WHERE p.customer_profiles_id = :tenant AND (:member::uuid IS NULL OR p.customer_profiles_id = :member)
UNION ALL
(SELECT o.organization_users_id, o.users_id, u.email, CASE WHEN o.status <> 'invited' THEN u.name END,
        coalesce(r.slug, ''), o.status::text,
        ARRAY(SELECT q.slug FROM organization_user_permissions op JOIN permissions q USING (permissions_id)
              WHERE op.organization_users_id = o.organization_users_id ORDER BY q.slug),
        false, o.invitation_expires_at
 FROM organization_users o
 JOIN users u USING (users_id)
 LEFT JOIN roles r ON r.roles_id = o.role_id
 WHERE o.customer_profiles_id = :tenant AND o.status <> 'revoked'
   AND (:member::uuid IS NULL OR o.organization_users_id = :member)
 ORDER BY u.email
 LIMIT :max_rows)

-- organization_lock(tenant) -> value
-- Changes of one organization's members happen one after the other: gives its name.
SELECT coalesce((
    SELECT coalesce(dba_name, legal_business_name)
    FROM customer_profiles
    WHERE customer_profiles_id = :tenant
    FOR NO KEY UPDATE), 'an organization')

-- organization_person(email) -> none
-- A place for somebody who has no account yet: without a password nobody signs in to it.
INSERT INTO users (email) VALUES (:email) ON CONFLICT (email) DO NOTHING

-- organization_invite(tenant, email, role, inviter, token, for_s) -> maybe
-- Invites a person; no row for the owner and for whoever is in already.
INSERT INTO organization_users AS o (customer_profiles_id, users_id, invited_by_user_id, role_id, status,
                                     invitation_token, invitation_expires_at)
SELECT p.customer_profiles_id, u.users_id, :inviter, r.roles_id, 'invited', :token,
       now() + :for_s * interval '1 second'
FROM users u
JOIN customer_profiles p ON p.customer_profiles_id = :tenant AND p.users_id <> u.users_id
JOIN roles r ON r.slug = :role
WHERE u.email = :email
ON CONFLICT (customer_profiles_id, users_id) DO UPDATE
SET invited_by_user_id = excluded.invited_by_user_id, role_id = excluded.role_id, status = 'invited',
    invitation_token = excluded.invitation_token, invitation_expires_at = excluded.invitation_expires_at
WHERE o.status IN ('invited', 'revoked')
RETURNING organization_users_id, users_id

-- organization_accept(token) -> maybe
-- Joins by an invitation, once and in time.
UPDATE organization_users o
SET status = 'active', invitation_token = NULL, invitation_expires_at = NULL
FROM users u
WHERE o.invitation_token = :token AND o.status = 'invited' AND o.invitation_expires_at > now()
  AND u.users_id = o.users_id
RETURNING o.users_id, u.email, u.password_hash IS NOT NULL

-- organization_newcomer(user_id, name, password_hash) -> none
-- Somebody who had no account gets one; the invitation came to their address.
UPDATE users
SET password_hash = :password_hash, password_algo = 'argon2id', name = coalesce(:name, name)
WHERE users_id = :user_id AND password_hash IS NULL

-- organization_member_set(member, role, status) -> none
-- Replaces role and status; whoever is revoked has no invitation left.
UPDATE organization_users
SET role_id = (SELECT roles_id FROM roles WHERE slug = :role), status = :status::text::organization_user_status,
    invitation_token = CASE WHEN :status = 'invited' THEN invitation_token END
WHERE organization_users_id = :member

-- organization_grants_set(member, slugs) -> none
-- Replaces the direct permissions.
WITH gone AS (
    DELETE FROM organization_user_permissions op
    USING permissions q
    WHERE op.organization_users_id = :member AND q.permissions_id = op.permissions_id AND q.slug <> ALL (:slugs::text[])
)
INSERT INTO organization_user_permissions (organization_users_id, permissions_id)
SELECT :member, permissions_id FROM permissions WHERE slug = ANY (:slugs::text[])
ON CONFLICT (organization_users_id, permissions_id) DO NOTHING
