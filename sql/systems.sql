-- systems_listed(tenant, after, max_rows) -> many
-- A tenant's systems after a number, with their books' sizes.
SELECT s.openkj_system_id, s.name,
       (SELECT count(*)::int FROM songdb d
        WHERE d.customer_profiles_id = s.customer_profiles_id AND d.openkj_system_id = s.openkj_system_id),
       s.systems_id
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
SELECT EXISTS (SELECT 1 FROM systems s WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number::bigint)

-- system_opened(user_id, actor, tenant, number, name) -> none
-- Makes a system, unless it is there.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
INSERT INTO systems (customer_profiles_id, openkj_system_id, name)
SELECT :tenant, :number, :name
FROM actor
ON CONFLICT (customer_profiles_id, openkj_system_id) DO NOTHING

-- system_shown(tenant, number) -> maybe
-- One system of a tenant with its book's size.
SELECT s.openkj_system_id, s.name,
       (SELECT count(*)::int FROM songdb d
        WHERE d.customer_profiles_id = s.customer_profiles_id AND d.openkj_system_id = s.openkj_system_id),
       s.systems_id
FROM systems s
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number::bigint

-- system_added(user_id, actor, tenant, name, most) -> maybe
-- A new system with the tenant's lowest free number, so that numbers stay 1 to n; two at once are a unique violation.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
INSERT INTO systems (customer_profiles_id, openkj_system_id, name)
SELECT p.customer_profiles_id, free.number, :name
FROM actor, customer_profiles p,
     (SELECT min(n.number) AS number
      FROM generate_series(1, :most::int) AS n (number)
      WHERE NOT EXISTS (SELECT 1 FROM systems s
                        WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = n.number)) AS free
WHERE p.customer_profiles_id = :tenant AND free.number IS NOT NULL
RETURNING openkj_system_id, systems_id

-- system_renamed(user_id, actor, tenant, number, name) -> none
-- Gives a system another name.
WITH actor AS MATERIALIZED (
    SELECT set_config('app.current_user_id', :user_id, true), set_config('app.actor', :actor, true)
)
UPDATE systems s SET name = :name
FROM actor
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number::bigint AND s.name <> :name

-- system_takes_along(tenant, number) -> maybe
-- What goes with a system of the tenant, and the venues that sing from it.
SELECT s.name,
       (SELECT count(*)::int FROM songdb d WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = :number::bigint),
       (SELECT count(*)::int FROM song_generations g
        WHERE g.customer_profiles_id = :tenant AND g.openkj_system_id = :number::bigint
          AND g.status IN ('open', 'held')),
       (SELECT count(*)::int FROM song_imports i
        WHERE i.customer_profiles_id = :tenant AND i.openkj_system_id = :number::bigint
          AND i.status IN ('uploading', 'queued', 'running')),
       ARRAY(SELECT v.name FROM venues v
             WHERE v.customer_profiles_id = :tenant AND v.current_system_id = :number::bigint ORDER BY v.name LIMIT 20)
FROM systems s
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number::bigint

-- system_locked(tenant, number) -> maybe
-- Locks a system that is to go: whoever brings songs into its book or a venue to it is through before, or finds it gone.
SELECT s.openkj_system_id
FROM systems s
WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number::bigint
FOR UPDATE

-- system_syncs_removed(tenant, number) -> none
-- Deletes a system's syncs; waits for one that is being published.
DELETE FROM song_generations g WHERE g.customer_profiles_id = :tenant AND g.openkj_system_id = :number::bigint

-- system_imports_removed(tenant, number) -> none
-- Deletes a system's imports with their files; waits for one that is being merged.
DELETE FROM song_imports i WHERE i.customer_profiles_id = :tenant AND i.openkj_system_id = :number::bigint

-- system_removed(tenant, number) -> maybe
-- Deletes a system with its book, unless a venue sings from it.
WITH gone AS (
    DELETE FROM systems s
    WHERE s.customer_profiles_id = :tenant AND s.openkj_system_id = :number::bigint
      AND NOT EXISTS (SELECT 1 FROM venues v
                      WHERE v.customer_profiles_id = :tenant AND v.current_system_id = :number::bigint)
    RETURNING s.openkj_system_id
), book AS (
    DELETE FROM songdb d
    USING gone
    WHERE d.customer_profiles_id = :tenant AND d.openkj_system_id = gone.openkj_system_id
)
SELECT gone.openkj_system_id FROM gone
