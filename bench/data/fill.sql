-- The large data set. Every value is a function of its row's number (hashint8extended), so two runs give the same rows.
-- `size` (one row) says how much of everything; `python -m bench.data` makes it.

-- something between 0 and 1
CREATE FUNCTION pg_temp.u(i bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(i, salt) & 4503599627370495) / 4503599627370496.0::float8 $$;

-- the i-th of 9,690 words, all different
CREATE FUNCTION pg_temp.word(i int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
    RETURN substr('babebibobudadedidodufafefifofugagegigoguhahehihohukakekikokulalelilolumamemimomunanenino'
                  'nupapepipopurarerirorusasesisosutatetitotuvavevivovuwawewiwowuzazezizozuchachechichochu',
                  2 * (i % 85) + 1, 2)
        || substr('lanetirosumavedikopugenafiruhebozatemi', 2 * (i / 85 % 19) + 1, 2)
        || rtrim(substr('n r s l d ngndstx t ', 2 * (i / 1615 % 6) + 1, 2));
END $$;

-- a word as they occur: the k-th most common one k times rarer than the first
CREATE FUNCTION pg_temp.common(i bigint, salt bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
    RETURN pg_temp.word((6000 ^ pg_temp.u(i, salt))::int - 1);
END $$;

CREATE FUNCTION pg_temp.id(kind text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT md5(kind || i)::uuid $$;

-- one of 20,000 artists, a few of them everywhere
CREATE FUNCTION pg_temp.artist(i bigint, salt bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE a bigint := 20000 * pg_temp.u(i, salt) ^ 3;
BEGIN
    RETURN initcap(pg_temp.word((a * 7919 % 6000)::int) || ' ' || pg_temp.word((a * 104729 / 7 % 6000)::int));
END $$;

-- people: the owner of each organization, all with the same password
INSERT INTO users (users_id, email, name, password_hash, password_algo, is_email_verified)
SELECT pg_temp.id('user', i), 'bench-' || i || '@example.com', 'Host ' || i, size.password_hash, 'argon2id', true
FROM size, generate_series(1, size.tenants) AS i;

INSERT INTO user_roles (users_id, roles_id)
SELECT pg_temp.id('user', i), r.roles_id
FROM size, generate_series(1, size.tenants) AS i, roles r
WHERE r.slug = 'customer_owner';

INSERT INTO customer_profiles (customer_profiles_id, users_id, legal_business_name, contact_email, timezone)
SELECT pg_temp.id('tenant', i), pg_temp.id('user', i), 'Bench ' || i, 'bench-' || i || '@example.com', 'UTC'
FROM size, generate_series(1, size.tenants) AS i;

-- keys for OpenKJ: skj_bench-1, skj_bench-2, ...
INSERT INTO api_keys (api_keys_id, customer_profiles_id, description, prefix, api_key_hash)
SELECT pg_temp.id('key', i), pg_temp.id('tenant', (i - 1) % size.tenants + 1), 'bench', 'skj_benc',
       encode(sha256(('skj_bench-' || i)::bytea), 'hex')
FROM size, generate_series(1, size.api_keys) AS i;

INSERT INTO systems (customer_profiles_id, openkj_system_id, name)
SELECT pg_temp.id('tenant', i), 1, 'Main'
FROM size, generate_series(1, size.tenants) AS i;

-- venues: in 400 towns, some of them large
INSERT INTO venues (venues_id, customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code,
                    country, location, accepting_requests, queue_privacy)
SELECT pg_temp.id('venue', i), pg_temp.id('tenant', (i - 1) % size.tenants + 1), 1000 + (i - 1) / size.tenants + 1,
       'bench-' || i, initcap(pg_temp.common(i, 1) || ' ' || pg_temp.common(i, 2)) || ' Bar', i || ' Main Street',
       initcap(pg_temp.word(town)), chr(65 + town % 26) || chr(65 + town / 26 % 26), lpad((town * 197)::text, 5, '0'), 'USA',
       ST_Point(-122 + 45 * pg_temp.u(town, 3) + 0.2 * (pg_temp.u(i, 4) + pg_temp.u(i, 5) - 1),
                28 + 19 * pg_temp.u(town, 6) + 0.2 * (pg_temp.u(i, 7) + pg_temp.u(i, 8) - 1))::geography,
       i <= size.busy OR pg_temp.u(i, 9) < 0.6, 'first_names'
FROM size, generate_series(1, size.venues) AS i,
     LATERAL (SELECT (400 * pg_temp.u(i, 10) ^ 2)::int AS town) AS at;

INSERT INTO venue_streams (venues_id)
SELECT pg_temp.id('venue', i)
FROM size, generate_series(1, size.venues) AS i;

-- nights that are over: half of their requests at the busy venues, the last one yesterday
INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_name, artist, title, key_change, device_id,
                      song_fingerprint, status, processed, requested_at, processed_at, processed_via)
SELECT pg_temp.id('tenant', tenant), pg_temp.id('venue', venue), row_number() OVER (PARTITION BY tenant ORDER BY i),
       initcap(pg_temp.common(i, 11)), pg_temp.artist(i, 12), initcap(pg_temp.common(i, 13) || ' ' || pg_temp.common(i, 14)),
       (pg_temp.u(i, 15) * 5)::int - 2, 'bench-' || (pg_temp.u(i, 16) * size.requests / 5)::int,
       md5(i::text), (ARRAY['processed', 'rejected', 'withdrawn'])[greatest(1, floor(pg_temp.u(i, 17) * 20)::int - 16)], true,
       asked_at, asked_at + interval '20 minutes', 'openkj'
FROM size, generate_series(1, size.requests) AS i,
     LATERAL (SELECT CASE i % 2 WHEN 1 THEN i / 2 % size.busy + 1
                          ELSE (pg_temp.u(i, 18) * (size.venues - 1))::int + 1 END AS venue) AS at,
     LATERAL (SELECT (venue - 1) % size.tenants + 1 AS tenant) AS whose,
     LATERAL (SELECT now() - interval '1 day' - interval '90 days' * (1 - i::float8 / size.requests) AS asked_at) AS t
ORDER BY i;

-- tonight: 20 wait at each busy venue, 50 at the first ten
WITH last AS (SELECT customer_profiles_id, max(request_number) AS number FROM requests GROUP BY 1)
INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_name, artist, title, device_id,
                      song_fingerprint, requested_at, seen_at)
SELECT pg_temp.id('tenant', tenant), pg_temp.id('venue', venue),
       coalesce(last.number, 0) + row_number() OVER (PARTITION BY tenant ORDER BY venue, place),
       initcap(pg_temp.common(venue * 100 + place, 20)), pg_temp.artist(venue * 100 + place, 21),
       initcap(pg_temp.common(venue * 100 + place, 22)), 'bench-tonight-' || venue || '-' || place,
       md5(venue || '-' || place), now() - interval '2 minutes' * (51 - place), now()
FROM size, generate_series(1, size.busy) AS venue, generate_series(1, CASE WHEN venue <= 10 THEN 50 ELSE 20 END) AS place,
     LATERAL (SELECT (venue - 1) % size.tenants + 1 AS tenant) AS whose
LEFT JOIN last ON last.customer_profiles_id = pg_temp.id('tenant', tenant);

INSERT INTO state (customer_profiles_id, serial, last_request_number, last_venue_number)
SELECT p.customer_profiles_id, 1, coalesce(max(r.request_number), 0), 1000 + size.venues / size.tenants + 1
FROM size, customer_profiles p LEFT JOIN requests r USING (customer_profiles_id)
GROUP BY p.customer_profiles_id, size.venues, size.tenants
ON CONFLICT (customer_profiles_id) DO NOTHING;

-- From here on the tables' own triggers count: a book is indexed as the service would.
SET session_replication_role = origin;

-- song books of the first twenty organizations, and a large one; the last two words make a title unique
INSERT INTO songdb (customer_profiles_id, openkj_system_id, artist, title, combined, normalized_combined)
SELECT pg_temp.id('tenant', book), 1, artist, title, artist || ' - ' || title, lower(artist || ' ' || title)
FROM size, generate_series(1, size.books + 1) AS book,
     generate_series(1, CASE WHEN book <= size.books THEN size.songs ELSE size.large_book END) AS i,
     LATERAL (SELECT pg_temp.artist(book * 1000000 + i, 30) AS artist,
                     initcap(pg_temp.common(book * 1000000 + i, 31) || ' ' || pg_temp.word(i * 7 % 6000) || ' '
                             || pg_temp.word(i / 6000)) AS title
             OFFSET 0) AS song;
