// A thousand venues on a Saturday night, all at once. An hour at one of them: OpenKJ asks each 30 s, 20 requests come
// and are sung, each after some eight searches; phones open the page, a few look for places, hosts come and go. Of the
// thirty screens and phones that watch a venue only every hundredth is here: for more, see bench/reach. They are there
// before the rest begins; what it costs when everybody comes at once, bench/stampede measures.
import { anywhere, arriving, ask, desk, from, get, later, openkj, plan, post, staying, upTo, BUSY, KEYS, SETTLING_S, TENANTS } from './lib.js';
import { watch } from './live.js';
export { handleSummary } from './lib.js';
export { watch };

export const options = plan(
  {
    polls: later(arriving('poll', 33), SETTLING_S),
    songs: later(arriving('song', 6), SETTLING_S),
    typing: later(arriving('type', 48), SETTLING_S),
    pages: later(arriving('page', 12), SETTLING_S),
    searches: later(arriving('look', 3), SETTLING_S),
    hosts: later(arriving('host', 0.5), SETTLING_S),
    screens: staying('watch', 300),
  },
  { getSerial: [15, 50], getRequests: [30, 80], submit: [50, 120], search: [40, 120], venue: [25, 70], look: [25, 70], signin: [300, 600] },
);

export function poll() {
  openkj('getSerial', upTo(KEYS));
}

export function song() {
  const venue = upTo(BUSY);
  const { key, venue_id } = desk(venue);
  const { requestNumber } = ask(venue, `Song ${upTo(1e9)}`);
  openkj('getRequests', key, { venue_id });
  openkj('deleteRequest', key, { venue_id, request_id: requestNumber });
}

export function type() {
  get('search', `/v1/public/venues/bench-${upTo(21)}/songs?q=${'belan'.slice(0, 1 + upTo(4))}`, anywhere());
}

export function page() {
  const venue = upTo(BUSY);
  get('venue', `/v1/public/venues/bench-${venue}`, from(venue));
}

export function look() {
  const where = `lat=${28 + 19 * Math.random()}&lon=${-122 + 45 * Math.random()}`;
  get('look', Math.random() < 0.7 ? `/v1/public/venues/nearby?${where}` : '/v1/public/venues', anywhere());
}

export function host() {
  post('signin', '/v1/auth/signin', { email: `bench-${upTo(TENANTS)}@example.com`, password: 'Bench12345678!' }, anywhere());
}
