// What is near: 5, 25 and 80 km around places where venues are. Each of the server's connections to the database has to
// load PostGIS once, which is not measured.
import http from 'k6/http';
import { anywhere, arriving, get, plan, BASE } from './lib.js';
export { handleSummary } from './lib.js';

const RADII_KM = [5, 25, 80];
const AT_ONCE = 40;

export const options = {
  ...plan({ nearby: arriving('nearby', 300) }, { nearby: [25, 70] }),
  batchPerHost: AT_ONCE,
};

export function setup() {
  const url = `${BASE}/v1/public/venues/nearby?lat=40&lon=-100&radius=80`;
  const call = () => ['GET', url, null, { headers: anywhere(), tags: { name: 'warming up' } }];
  http.batch(Array.from({ length: AT_ONCE }, call));
}

export function nearby() {
  const lat = (28 + 19 * Math.random()).toFixed(4);
  const lon = (-122 + 45 * Math.random()).toFixed(4);
  const radius = RADII_KM[Math.floor(Math.random() * RADII_KM.length)];
  const accepting = Math.random() < 0.5 ? '&accepting=true' : '';
  get('nearby', `/v1/public/venues/nearby?lat=${lat}&lon=${lon}&radius=${radius}&limit=50${accepting}`, anywhere());
}
