-- seed_platform_branding(name, palette) -> none
-- The platform's own branding profile.
INSERT INTO branding_profiles (owner_type, name, color_palette)
VALUES ('platform', :name, :palette::jsonb)
ON CONFLICT (owner_type, owner_id, name) DO NOTHING

-- seed_user(email, name, password_hash) -> value
-- A person by e-mail; one who is there keeps a password once set.
WITH written AS (
    INSERT INTO users AS u (email, name, password_hash, password_algo, is_email_verified)
    VALUES (:email, :name, :password_hash, 'argon2id', :password_hash::text IS NOT NULL)
    ON CONFLICT (email) DO UPDATE
    SET password_hash = excluded.password_hash, is_email_verified = true
    WHERE u.password_hash IS NULL AND excluded.password_hash IS NOT NULL
    RETURNING users_id
)
SELECT users_id FROM written
UNION
SELECT users_id FROM users WHERE email = :email

-- seed_user_role(user_id, role) -> none
-- Gives a person a global role.
INSERT INTO user_roles (users_id, roles_id)
SELECT :user_id, roles_id FROM roles WHERE slug = :role
ON CONFLICT (users_id, roles_id) DO NOTHING

-- seed_customer(user_id, name, email, timezone) -> value
-- The organization of a person.
WITH written AS (
    INSERT INTO customer_profiles (users_id, legal_business_name, contact_email, timezone)
    VALUES (:user_id, :name, :email, :timezone)
    ON CONFLICT (users_id) DO NOTHING
    RETURNING customer_profiles_id
)
SELECT customer_profiles_id FROM written
UNION
SELECT customer_profiles_id FROM customer_profiles WHERE users_id = :user_id

-- seed_singer(user_id, nickname) -> none
-- The singer profile of a person.
INSERT INTO singer_profiles (users_id, nickname, preferences)
VALUES (:user_id, :nickname, '{"language": "en", "notificationsEnabled": true}')
ON CONFLICT (users_id) DO NOTHING

-- seed_system(tenant, number, name) -> none
-- A karaoke system of an organization.
INSERT INTO systems (customer_profiles_id, openkj_system_id, name)
VALUES (:tenant, :number, :name)
ON CONFLICT (customer_profiles_id, openkj_system_id) DO NOTHING

-- seed_venue(tenant, number, url_name, name, address, city, region, postal_code, country, phone, website, lat, lon) -> none
-- A venue of an organization, open for requests, whose guests see first names and songs.
INSERT INTO venues (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code, country,
                    phone_number, website, location, queue_privacy)
VALUES (:tenant, :number, :url_name, :name, :address, :city, :region, :postal_code, :country, :phone, :website,
        ST_Point(:lon, :lat)::geography, 'first_names')
ON CONFLICT (customer_profiles_id, openkj_venue_id) DO NOTHING

-- seed_api_key(tenant, user_id, description, prefix, key_hash) -> none
-- A known OpenKJ key of an organization.
INSERT INTO api_keys (customer_profiles_id, created_by_users_id, description, prefix, api_key_hash)
VALUES (:tenant, :user_id, :description, :prefix, :key_hash)
ON CONFLICT (api_key_hash) DO NOTHING
