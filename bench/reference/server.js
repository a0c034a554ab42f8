// What people would build instead: Fastify and node-postgres, the hot paths by hand with named prepared statements, on
// the product's own tables. It knows no limits, logs, metrics, house rules, idempotency or privacy. Only for the bench.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
pg.types.setTypeParser(20, Number);
const app = Fastify({ logger: false });

const query = (name, text, values) => pool.query({ name, text, values }).then((found) => found.rows);

const CARD = `url_name AS "urlName", name, address, city, state, postal_code AS "postalCode", country,
  ST_Y(location::geometry) AS latitude, ST_X(location::geometry) AS longitude, accepting_requests AS "acceptingRequests"`;

const serialOf = (key) => query('serial', `
  SELECT k.customer_profiles_id AS tenant, k.status, s.serial FROM api_keys k LEFT JOIN state s USING (customer_profiles_id)
  WHERE k.api_key_hash = $1`, [createHash('sha256').update(String(key)).digest('hex')]);

app.post('/v1/openkj/api/command', async ({ body }, reply) => {
  const [key] = await serialOf(body.api_key);
  if (!key || key.status !== 'active') return { command: body.command, error: true, errorString: 'API key not accepted' };
  if (body.command === 'getSerial') return { command: 'getSerial', error: false, serial: key.serial };
  const requests = await query('requests', `
    SELECT r.request_number AS request_id, r.singer_name AS singer, r.artist, r.title,
           floor(extract(epoch FROM r.requested_at))::float8 AS request_time, r.key_change
    FROM requests r JOIN venues v USING (venues_id)
    WHERE v.customer_profiles_id = $1 AND v.openkj_venue_id = $2 AND r.status = 'pending'
    ORDER BY r.requests_id LIMIT 5000`, [key.tenant, body.venue_id]);
  return { command: 'getRequests', error: false, requests };
});

app.get('/v1/public/venues', async ({ query: { limit = 20 } }) => {
  const items = await query('listed', `SELECT ${CARD} FROM venues ORDER BY name, url_name LIMIT $1`, [limit]);
  return { items, nextCursor: Buffer.from(items.at(-1)?.name ?? '').toString('base64url') };
});

app.get('/v1/public/venues/nearby', async ({ query: { lat, lon, radius = 50, limit = 20 } }) => ({
  items: await query('nearby', `
    SELECT ${CARD}, round(ST_Distance(location, ST_Point($1::float8, $2::float8)::geography))::int AS "distanceMeters"
    FROM venues WHERE ST_DWithin(location, ST_Point($1::float8, $2::float8)::geography, $3::float8)
    ORDER BY location <-> ST_Point($1::float8, $2::float8)::geography LIMIT $4`, [lon, lat, radius * 1000, limit]),
}));

app.get('/v1/public/venues/:urlName', async ({ params: { urlName } }, reply) => {
  const [venue] = await query('venue', `
    SELECT ${CARD}, phone_number AS "phoneNumber", website, message, rules,
           (SELECT count(*)::int FROM requests r WHERE r.venues_id = v.venues_id AND r.status = 'pending') AS waiting
    FROM venues v WHERE url_name = $1`, [urlName]);
  return venue ?? reply.code(404).send({ error: 'no such venue' });
});

app.get('/v1/public/venues/:urlName/songs', async ({ params: { urlName }, query: { q } }) => {
  const words = q.toLowerCase().split(' ').map((word) => `%${word}%`);
  return { items: await query(`songs-${words.length}`, `
    SELECT s.songdb_id AS id, s.artist, s.title, s.combined, s.openkj_system_id AS "systemId"
    FROM venues v JOIN songdb s ON s.customer_profiles_id = v.customer_profiles_id AND s.openkj_system_id = v.current_system_id
    WHERE v.url_name = $1 AND ${words.map((_, n) => `s.normalized_combined LIKE $${n + 2}`).join(' AND ')}
    ORDER BY s.artist, s.title LIMIT 20`, [urlName, ...words]) };
});

app.post('/v1/public/venues/:urlName/requests', {
  schema: { body: { type: 'object', required: ['singerName', 'artist', 'title'] } },
}, async ({ params: { urlName }, body }, reply) => {
  const fingerprint = createHash('sha256').update(`${body.artist}\n${body.title}`.toLowerCase()).digest('hex').slice(0, 32);
  const [added] = await query('submit', `
    WITH venue AS (SELECT venues_id, customer_profiles_id FROM venues WHERE url_name = $1 AND accepting_requests),
    bump AS (UPDATE venue_streams s SET version = version + 1 FROM venue WHERE s.venues_id = venue.venues_id RETURNING version),
    moved AS (UPDATE state t SET serial = serial + 1, last_request_number = last_request_number + 1 FROM venue, bump
              WHERE t.customer_profiles_id = venue.customer_profiles_id RETURNING last_request_number),
    added AS (INSERT INTO requests (customer_profiles_id, venues_id, request_number, singer_name, artist, title, key_change,
                                    device_id, song_fingerprint)
              SELECT customer_profiles_id, venues_id, last_request_number, $2, $3, $4, $5, $6, $7 FROM venue, moved
              RETURNING *)
    SELECT a.requests_id AS id, a.request_number AS "requestNumber", a.status, a.requested_at AS "requestedAt", bump.version,
           (SELECT count(*)::int FROM requests r WHERE r.venues_id = a.venues_id AND r.status = 'pending') + 1 AS position
    FROM added a, bump`,
    [urlName, body.singerName, body.artist, body.title, body.keyChange ?? 0, randomUUID(), fingerprint]);
  if (!added) return reply.code(409).send({ error: 'venue-not-accepting' });
  return reply.code(201).send({ ...body, ...added, trackingToken: randomBytes(24).toString('base64url') });
});

app.get('/readyz', async () => query('ready', 'SELECT 1', []));

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
