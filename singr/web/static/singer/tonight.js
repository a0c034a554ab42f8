// What waits and what was sung tonight, as far as the venue lets others see it; one's own is always seen.

import { call } from "../common/api.js";
import { say } from "../common/words.js";

const LIMIT = 100;
// A song that left the queue may have been sung; a whole bar need not ask at once.
const [ASK_AGAIN_MS, SPREAD_MS] = [60_000, 10_000];

export const nameOf = ({ artist = "", title = "" }) => `${artist}\n${title}`.toLowerCase();

export class Tonight extends EventTarget {
  #path;
  #live;
  #waiting = new Set();
  #sung = new Set();
  #askedAt = 0;
  #timer = 0;

  constructor(venue, live) {
    super();
    this.#path = `/v1/public/venues/${encodeURIComponent(venue)}/songs/tonight?limit=${LIMIT}`;
    this.#live = live;
    live.addEventListener("change", ({ detail }) => this.#follow(detail));
  }

  /** What to say of a song before somebody asks for it. */
  tags(song) {
    const name = nameOf(song);
    if (this.#waiting.has(name)) return [say("tag_waiting")];
    return this.#sung.has(name) ? [say("tag_sung")] : [];
  }

  /** Whether somebody else waits under this name, where names may be seen. */
  hasNamesake(name) {
    const typed = name.trim().toLowerCase();
    const others = [...this.#live.requests.values()].filter((request) => request.requestNumber === undefined);
    return typed !== "" && others.some((request) => request.singerName?.toLowerCase() === typed);
  }

  #follow({ whole, removed }) {
    this.#waiting = new Set([...this.#live.requests.values()].map(nameOf));
    if (whole || removed.length) this.#askSoon();
    this.dispatchEvent(new Event("change"));
  }

  #askSoon() {
    if (this.#timer) return;
    const left = Math.max(0, this.#askedAt + ASK_AGAIN_MS - Date.now());
    const ms = this.#askedAt && left + Math.random() * SPREAD_MS;
    this.#timer = setTimeout(() => this.#ask(), ms);
  }

  async #ask() {
    [this.#timer, this.#askedAt] = [0, Date.now()];
    const page = await call("GET", this.#path).catch(() => null);
    if (!page) return;
    this.#sung = new Set(page.items.filter(({ isWaiting }) => !isWaiting).map(nameOf));
    this.dispatchEvent(new Event("change"));
  }
}
