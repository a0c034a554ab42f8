// A guest looks at the venue, asks for a song and follows the request. Each guest is a new phone.
import { arriving, ask, from, get, plan, upTo, BUSY } from './lib.js';
export { handleSummary } from './lib.js';

export const options = plan({ guests: arriving('guest', 60) }, { venue: [25, 70], submit: [50, 120], follow: [25, 70] });

export function guest() {
  const venue = upTo(BUSY);
  get('venue', `/v1/public/venues/bench-${venue}`, from(venue));
  const receipt = ask(venue, `Song ${upTo(1e9)}`);
  get('follow', `/v1/public/requests/${receipt.trackingToken}`, from(venue));
}
