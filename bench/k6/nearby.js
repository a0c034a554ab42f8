// What is near: 5, 25 and 80 km around places where venues are.
import { anywhere, arriving, get, plan } from './lib.js';
export { handleSummary } from './lib.js';

export const options = plan({ nearby: arriving('nearby', 300) }, { nearby: [25, 70] });

const RADII_KM = [5, 25, 80];

export function nearby() {
  const lat = (28 + 19 * Math.random()).toFixed(4);
  const lon = (-122 + 45 * Math.random()).toFixed(4);
  const radius = RADII_KM[Math.floor(Math.random() * RADII_KM.length)];
  const accepting = Math.random() < 0.5 ? '&accepting=true' : '';
  get('nearby', `/v1/public/venues/nearby?lat=${lat}&lon=${lon}&radius=${radius}&limit=50${accepting}`, anywhere());
}
