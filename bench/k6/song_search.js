// Somebody types at a venue's page: each letter asks, beginning with the second. Books of 50,000 songs and one of 200,000.
import { arriving, from, get, plan, upTo } from './lib.js';
export { handleSummary } from './lib.js';

export const options = plan({ search: arriving('search', 100) }, { search: [40, 120] });

const BOOKS = 21;
const WORDS = ['balan', 'bela', 'bila r', 'bola', 'bune', 'dala', 'dela', 'hola', 'kulan', 'mila', 'rola', 'sulan', 'wela', 'zola'];

export function search() {
  const venue = upTo(BOOKS);
  const typed = WORDS[Math.floor(Math.random() * WORDS.length)];
  const q = encodeURIComponent(typed.slice(0, 1 + upTo(typed.length - 1)));
  get('search', `/v1/public/venues/bench-${venue}/songs?q=${q}`, from(upTo(1 << 22)));
}
