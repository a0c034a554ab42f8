-- api_keys_listed(tenant, before, before_id, max_rows) -> many
-- A tenant's keys, the newest first, after a position.
SELECT k.api_keys_id, k.description, k.prefix,
       CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
       k.scopes, k.created_at, (SELECT u.used_at FROM api_key_uses u WHERE u.api_keys_id = k.api_keys_id),
       k.expires_at, k.revoked_at
FROM api_keys k
WHERE k.customer_profiles_id = :tenant AND (k.created_at, k.api_keys_id) < (:before, :before_id::uuid)
ORDER BY k.created_at DESC, k.api_keys_id DESC
LIMIT :max_rows

-- api_keys_live(tenant) -> value
-- How many keys of a tenant work, or will again when they are resumed.
SELECT count(*)::int
FROM api_keys k
WHERE k.customer_profiles_id = :tenant AND k.status IN ('active', 'suspended')
  AND (k.expires_at IS NULL OR k.expires_at > now())

-- api_key_shown(tenant, key_id) -> maybe
-- One key of a tenant.
SELECT k.api_keys_id, k.description, k.prefix,
       CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
       k.scopes, k.created_at, (SELECT u.used_at FROM api_key_uses u WHERE u.api_keys_id = k.api_keys_id),
       k.expires_at, k.revoked_at
FROM api_keys k
WHERE k.customer_profiles_id = :tenant AND k.api_keys_id = :key_id

-- api_key_issued(user_id, actor, tenant, by_user, description, prefix, key_hash, scopes, expires_at) -> maybe
-- A new key; no row where there is no such tenant.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
INSERT INTO api_keys AS k (customer_profiles_id, created_by_users_id, description, prefix, api_key_hash, scopes,
                           expires_at)
SELECT p.customer_profiles_id, :by_user::uuid, :description, :prefix, :key_hash, :scopes::text[],
       :expires_at::timestamptz
FROM actor, customer_profiles p
WHERE p.customer_profiles_id = :tenant
RETURNING k.api_keys_id, k.description, k.prefix,
       CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
       k.scopes, k.created_at, (SELECT u.used_at FROM api_key_uses u WHERE u.api_keys_id = k.api_keys_id),
       k.expires_at, k.revoked_at

-- api_key_rotated(user_id, actor, tenant, by_user, key_id, prefix, key_hash, overlap_s) -> maybe
-- A new key like one in use, until the same time; the earlier one then ends after overlap_s. Its row is locked first, so
-- it is rotated once.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
), earlier AS MATERIALIZED (
    SELECT k.api_keys_id, k.description, k.scopes, k.expires_at
    FROM api_keys k, actor
    WHERE k.customer_profiles_id = :tenant AND k.api_keys_id = :key_id AND k.status = 'active'
      AND (k.expires_at IS NULL OR k.expires_at > now()) AND NOT coalesce(k.metadata, '{}') ? 'rotated'
    FOR UPDATE OF k
), ending AS (
    UPDATE api_keys k
    SET metadata = coalesce(k.metadata, '{}') || '{"rotated": true}',
        expires_at = least(k.expires_at, now() + make_interval(secs => :overlap_s::float8))
    FROM earlier
    WHERE k.customer_profiles_id = :tenant AND k.api_keys_id = earlier.api_keys_id
)
INSERT INTO api_keys AS k (customer_profiles_id, created_by_users_id, description, prefix, api_key_hash, scopes,
                           expires_at)
SELECT :tenant, :by_user::uuid, earlier.description, :prefix, :key_hash, earlier.scopes, earlier.expires_at
FROM earlier
RETURNING k.api_keys_id, k.description, k.prefix,
       CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
       k.scopes, k.created_at, (SELECT u.used_at FROM api_key_uses u WHERE u.api_keys_id = k.api_keys_id),
       k.expires_at, k.revoked_at

-- api_key_revoked(user_id, actor, tenant, key_id) -> maybe
-- Ends a key; no row when it was ended before.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
UPDATE api_keys k
SET status = 'revoked', revoked_at = now()
FROM actor
WHERE k.customer_profiles_id = :tenant AND k.api_keys_id = :key_id AND k.status <> 'revoked'
RETURNING k.api_keys_id, k.description, k.prefix,
       CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
       k.scopes, k.created_at, (SELECT u.used_at FROM api_key_uses u WHERE u.api_keys_id = k.api_keys_id),
       k.expires_at, k.revoked_at

-- api_key_turned(user_id, actor, tenant, key_id, status) -> maybe
-- Suspends a key or lets it work again; no row where it stood so before, or was ended.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
UPDATE api_keys k
SET status = :status::text::api_key_status
FROM actor
WHERE k.customer_profiles_id = :tenant AND k.api_keys_id = :key_id AND k.status IN ('active', 'suspended')
  AND k.status <> :status::text::api_key_status
RETURNING k.api_keys_id, k.description, k.prefix,
       CASE WHEN k.status = 'active' AND k.expires_at <= now() THEN 'expired' ELSE k.status::text END,
       k.scopes, k.created_at, (SELECT u.used_at FROM api_key_uses u WHERE u.api_keys_id = k.api_keys_id),
       k.expires_at, k.revoked_at
