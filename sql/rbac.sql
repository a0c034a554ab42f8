-- permissions_seed(slugs) -> none
-- Permissions the code knows.
INSERT INTO permissions (slug)
SELECT unnest(:slugs::text[])
ON CONFLICT (slug) DO NOTHING

-- roles_seed(slugs, descriptions) -> none
-- System roles, with today's descriptions.
INSERT INTO roles AS r (slug, description, is_system)
SELECT slug, description, true FROM unnest(:slugs::text[], :descriptions::text[]) AS t (slug, description)
ON CONFLICT (slug) DO UPDATE SET description = excluded.description, is_system = true
WHERE (r.description, r.is_system) IS DISTINCT FROM (excluded.description, true)

-- role_permissions_seed(roles, permissions) -> none
-- What system roles permit, and nothing more.
WITH wanted AS (
    SELECT r.roles_id, p.permissions_id
    FROM unnest(:roles::text[], :permissions::text[]) AS t (role, permission)
    JOIN roles r ON r.slug = t.role
    JOIN permissions p ON p.slug = t.permission
), taken_back AS (
    DELETE FROM role_permissions g
    USING roles r
    WHERE r.roles_id = g.roles_id AND r.is_system
      AND (g.roles_id, g.permissions_id) NOT IN (SELECT roles_id, permissions_id FROM wanted)
)
INSERT INTO role_permissions (roles_id, permissions_id)
SELECT roles_id, permissions_id FROM wanted
ON CONFLICT (roles_id, permissions_id) DO NOTHING
