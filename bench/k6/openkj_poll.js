// KJs' programs: getSerial that mostly says nothing new; after a change the burst OpenKJ makes; a sync of 5,000 songs.
import { Trend } from 'k6/metrics';
import { arriving, ask, desk, later, openkj, plan, staying, upTo, BUSY, KEYS, TENANTS } from './lib.js';
import { check } from 'k6';
export { handleSummary } from './lib.js';

const sync_ms = new Trend('sync_ms', true);

// 300 a second are 9,000 KJs at OpenKJ's interval of 30 s.
export const options = plan(
  { polls: arriving('poll', 300), changes: arriving('change', 10), syncs: later(staying('sync', 1), 5) },
  { getSerial: [15, 50], getRequests: [30, 80], deleteRequest: [50, 120] },
  { sync_ms: [4000, 6000] },
);

export function poll() {
  openkj('getSerial', upTo(KEYS));
}

export function change() {
  const venue = upTo(BUSY);
  const { key, venue_id } = desk(venue);
  const { requestNumber } = ask(venue, `Song ${upTo(1e9)}`);
  openkj('getSerial', key);
  const { requests } = openkj('getRequests', key, { venue_id });
  check(requests, { 'OpenKJ sees the request': (all) => all.some((r) => r.request_id === requestNumber) });
  openkj('deleteRequest', key, { venue_id, request_id: requestNumber });
}

// As OpenKJ does: documents of 1,000 one after the other, then one that is not full, which makes them the book.
export function sync() {
  const key = 22 + upTo(TENANTS - 22);
  const started = Date.now();
  openkj('clearDatabase', key, { system_id: 1 });
  for (let document = 0; document <= 5; document++) {
    const songs = Array.from({ length: document < 5 ? 1000 : 0 }, (_, n) => ({ artist: `Artist ${n % 97}`, title: `Song ${document} ${n}` }));
    openkj('addSongs', key, { system_id: 1, songs });
  }
  sync_ms.add(Date.now() - started);
}
