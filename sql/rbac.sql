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
-- What system roles permit.
INSERT INTO role_permissions (roles_id, permissions_id)
SELECT r.roles_id, p.permissions_id
FROM unnest(:roles::text[], :permissions::text[]) AS t (role, permission)
JOIN roles r ON r.slug = t.role
JOIN permissions p ON p.slug = t.permission
ON CONFLICT (roles_id, permissions_id) DO NOTHING
