// Hosts sign in: a slow hash each, beside which others must not wait (see `venue`).
import { anywhere, arriving, from, get, plan, post, upTo, BUSY, TENANTS } from './lib.js';
export { handleSummary } from './lib.js';

export const options = plan(
  { hosts: arriving('host', 5), guests: arriving('guest', 50) },
  { signin: [300, 600], venue: [40, 120] },
);

export function host() {
  post('signin', '/v1/auth/signin', { email: `bench-${upTo(TENANTS)}@example.com`, password: 'Bench12345678!' }, anywhere());
}

export function guest() {
  const venue = upTo(BUSY);
  get('venue', `/v1/public/venues/bench-${venue}`, from(venue));
}
