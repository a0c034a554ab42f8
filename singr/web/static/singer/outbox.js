// Requests on their way. Each is kept with its key before it is first sent and sent until the server has answered;
// the key makes sure that it is taken once, however often it is sent.
//
// state: waiting (to be sent), sending, old (ask before sending), duplicate, limit, closed, blocked, refused

import { call } from "../common/api.js";
import { forget, keep, kept, names } from "../common/store.js";

const OLD_MS = 15 * 60_000;
const [RETRY_MIN_MS, RETRY_MAX_MS] = [2_000, 60_000];
const DECIDED = { "duplicate-request": "duplicate", "venue-not-accepting": "closed", "authorization-denied": "blocked" };

export class Outbox extends EventTarget {
  entries = [];

  #venue;
  #folder;
  #timer = 0;
  #failures = 0;
  #isFlushing = false;

  /** `venue()` is the name it has at the moment. */
  constructor(id, venue) {
    super();
    this.#venue = venue;
    this.#folder = `outbox.${id}.`;
    this.entries = names(this.#folder)
      .map((name) => kept(name))
      .filter((entry) => entry?.key)
      .map((entry) => ({ ...entry, state: entry.state === "sending" ? "waiting" : entry.state }))
      .sort((a, b) => a.askedAt - b.askedAt);
    for (const place of ["online", "pageshow"]) addEventListener(place, () => this.flush());
    document.addEventListener("visibilitychange", () => document.hidden || this.flush());
  }

  /** Whether a song is on its way: sent perhaps, but not answered. */
  isSending({ artist, title }) {
    return this.entries.some(
      (entry) => ["sending", "waiting"].includes(entry.state) && entry.artist === artist && entry.title === title,
    );
  }

  /** `body` as the API takes it, `song` to show it by. */
  add(key, body, { artist, title }) {
    this.entries.push({ key, body, artist, title, askedAt: Date.now(), state: "waiting" });
    this.#note(this.entries.at(-1));
    this.flush();
  }

  drop(key) {
    this.entries = this.entries.filter((entry) => entry.key !== key);
    forget(this.#folder + key);
    this.#tell();
  }

  /** The singer wants it all the same: although old, or although the song is waiting already. */
  insist(key, change = {}) {
    const entry = this.entries.find((each) => each.key === key);
    if (!entry) return;
    Object.assign(entry.body, change);
    Object.assign(entry, { state: "waiting", askedAt: Date.now() });
    this.#note(entry);
    this.flush();
  }

  async flush() {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    clearTimeout(this.#timer);
    const waiting = this.entries.filter((entry) => entry.state === "waiting");
    for (const entry of waiting) {
      if (!(await this.#send(entry))) break;
    }
    this.#isFlushing = false;
    if (this.entries.some((entry) => entry.state === "waiting")) this.#tryLater();
  }

  /** Sends one; false when it makes no sense to go on now. */
  async #send(entry) {
    if (Date.now() - entry.askedAt > OLD_MS) return this.#put(entry, { state: "old" });
    this.#put(entry, { state: "sending", retryAt: 0 });
    try {
      const headers = { "Idempotency-Key": entry.key };
      const path = `/v1/public/venues/${encodeURIComponent(this.#venue())}/requests`;
      const receipt = await call("POST", path, { body: entry.body, headers });
      this.#failures = 0;
      this.dispatchEvent(new CustomEvent("sent", { detail: { key: entry.key, receipt } }));
      this.drop(entry.key);
      return true;
    } catch (problem) {
      return this.#explain(entry, problem);
    }
  }

  #explain(entry, { status = 0, slug, message, retryAfterS = 0 }) {
    const isOver = status >= 400 && status < 500 && status !== 429;
    if (isOver) return this.#put(entry, { state: DECIDED[slug] ?? "refused", reason: message });
    // A house rule that time alone does not lift.
    if (status === 429 && !retryAfterS) return this.#put(entry, { state: "limit" });
    this.#failures += 1;
    const retryAt = status === 429 ? Date.now() + retryAfterS * 1000 : 0;
    // Those behind it wait as long.
    for (const each of this.entries) if (each.state === "waiting") each.retryAt = retryAt;
    this.#put(entry, { state: "waiting", retryAt });
    return false;
  }

  #tryLater() {
    const retryAt = Math.max(...this.entries.map((entry) => entry.retryAt ?? 0));
    const most = Math.min(RETRY_MIN_MS * 2 ** this.#failures, RETRY_MAX_MS);
    const ms = Math.max(retryAt - Date.now(), RETRY_MIN_MS + Math.random() * (most - RETRY_MIN_MS));
    this.#timer = setTimeout(() => this.flush(), ms);
  }

  #put(entry, change) {
    this.#note(Object.assign(entry, change));
    return true;
  }

  #note(entry) {
    keep(this.#folder + entry.key, entry);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
