-- systems_listed(tenant, after, max_rows) -> many
-- A tenant's systems after a number, with their books' sizes.
SELECT s.openkj_system_id, s.name,
       (SELECT count(*)::int FROM songdb d
        WHERE d.customer_profiles_id = s.customer_profiles_id AND d.openkj_system_id = s.openkj_system_id)
FROM systems s
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id > :after::bigint
ORDER BY s.openkj_system_id
LIMIT :max_rows

-- system_highest(tenant) -> value
-- The highest number any of the tenant's systems or venues uses.
SELECT greatest(
    1,
    (SELECT max(s.openkj_system_id) FROM systems s WHERE s.customer_profiles_id = :tenant),
    (SELECT max(v.current_system_id) FROM venues v WHERE v.customer_profiles_id = :tenant)
)

-- system_known(tenant, number) -> value
-- Whether a tenant has a system of this number.
SELECT EXISTS (SELECT 1 FROM systems s WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number)

-- system_opened(user_id, actor, tenant, number, name) -> none
-- Makes a system, unless it is there.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
INSERT INTO systems (customer_profiles_id, openkj_system_id, name)
SELECT :tenant, :number, :name
FROM actor
ON CONFLICT (customer_profiles_id, openkj_system_id) DO NOTHING
