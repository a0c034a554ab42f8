// A venue, live: keeps a Ledger true over whatever connection there is, and says honestly how true it is.
//
//   const live = new Live({ venue: "the-anchor", view: "display" });   // or the venue's id, which stays when its name goes
//   live.addEventListener("change", ({ detail }) => …);   // detail: see Ledger.take; read live.venue, live.requests
//   live.addEventListener("notice", ({ detail }) => …);   // news for this singer alone: {kind, id, position, reason}
//   live.addEventListener("status", () => …);             // live.status: connecting | live | stale | offline
//   live.start();
//
// `ticket()` gives a ticket for the views singer and host, `headers()` what signs in an HTTP call; both may be async.
// A WebSocket first, then server-sent events, then polling; every attempt begins at the top. `ended` is set when it
// is of no use to try again.

import { Events } from "./events.js";
import { Ledger, LOST } from "./ledger.js";
import { Poll } from "./poll.js";
import { Socket } from "./socket.js";

const LADDER = [Socket, Events, Poll];
const [LOOK_EVERY_MS, OPENING_MS] = [500, 6_000];
const [QUIET_BEATS, SILENT_BEATS] = [2, 2.5];
const [AHEAD_MS, ASK_AGAIN_MS] = [2_000, 3_000];
const HIDDEN_MS = 10_000;
const FIRST_RETRY_MS = 2_000;
// What is mended within a minute is found mended soon; whoever is away for longer is asked less often.
const [RETRY_MIN_MS, RETRY_SOON_MS, RETRY_MAX_MS, LONG_MS] = [500, 5_000, 30_000, 60_000];

export class Live extends EventTarget {
  status = "connecting";
  ended = null;
  /** When the server last showed a sign of life, in ms since 1970; 0 before it ever did. */
  heardAt = 0;

  #given;
  #ledger = new Ledger();
  #listening = new AbortController();
  #running = null;
  #transport = null;
  #heartbeatMs = 15_000;
  #attemptAt = 0;
  #failures = 0;
  #isReady = false;
  #isServerStale = false;
  #lostAt = Date.now();
  #aheadSince = 0;
  #askedAt = 0;
  #forgotten = false;
  #wake = () => {};

  constructor({ venue, view, ticket = () => null, headers = () => ({}), restWhenHidden = true }) {
    super();
    this.#given = { venue, view, ticket, headers, restWhenHidden };
  }

  get venue() {
    return this.#ledger.venue;
  }

  get requests() {
    return this.#ledger.requests;
  }

  /** How long it does not look, in ms, where it can only look from time to time; else 0. */
  get pauseMs() {
    return this.#transport?.constructor.pauseMs ?? 0;
  }

  start() {
    const { signal } = this.#listening;
    const timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    addEventListener("online", () => this.#wake(), { signal });
    addEventListener("pagehide", () => this.#rest(), { signal });
    addEventListener("pageshow", () => this.#resume(), { signal });
    if (this.#given.restWhenHidden) this.#restWhenHidden(signal);
    this.#resume();
  }

  /** Ends for good. */
  stop(ended = { then: "stop" }) {
    this.ended = ended;
    this.#listening.abort();
    this.#rest();
    this.#judge();
  }

  #restWhenHidden(signal) {
    let timer = 0;
    const turn = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => this.#rest(), HIDDEN_MS);
      else this.#resume();
    };
    document.addEventListener("visibilitychange", turn, { signal });
  }

  #resume() {
    this.#wake();
    if (this.#running || this.ended) return;
    this.#running = new AbortController();
    this.#run(this.#running.signal);
  }

  #rest() {
    this.#running?.abort();
    this.#running = null;
    this.#lose();
    this.#transport?.close();
    this.#wake();
  }

  async #run(signal) {
    while (!signal.aborted) {
      const ending = await this.#attempt(signal);
      if (signal.aborted) return;
      this.#lose();
      if (ending.then === "stop") this.stop(ending);
      else await this.#pause(ending.retryMs);
    }
  }

  #lose() {
    if (this.#isReady) this.#lostAt = Date.now();
    this.#isReady = false;
  }

  /** One connection from beginning to end. */
  #attempt(signal) {
    this.#transport = new LADDER[this.#failures % LADDER.length](this.#link(signal));
    this.#attemptAt = Date.now();
    this.#failures += 1;
    return this.#transport.run();
  }

  /** What a transport needs of us. */
  #link(signal) {
    const { venue, view, ticket, headers } = this.#given;
    return {
      signal,
      ticket,
      headers,
      hello: () => ({ venue, view, ...(this.#forgotten ? {} : this.#ledger.position) }),
      hear: (message) => signal.aborted || this.#hear(message),
      forget: () => (this.#forgotten = true),
    };
  }

  /** Full jitter, growing with each attempt that got nowhere. */
  #pause(retryMs) {
    const grown = this.#failures <= 1 ? FIRST_RETRY_MS : RETRY_MIN_MS * 2 ** (this.#failures - 1);
    const most = Date.now() - this.#lostAt < LONG_MS ? RETRY_SOON_MS : RETRY_MAX_MS;
    const ms = retryMs ?? Math.random() * Math.min(grown, most);
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  #hear(message) {
    this.heardAt = Date.now();
    if (message.type === "ready") {
      this.#heartbeatMs = message.heartbeatS * 1000;
      this.#isReady = true;
      this.#isServerStale = false;
      this.#failures = 0;
    } else if (message.type === "heartbeat") {
      this.#isServerStale = message.stale === true;
      this.#compare(message);
    } else if (message.type === "snapshot" || message.type === "delta") {
      this.#take(message);
    } else if (message.type === "notice") {
      this.dispatchEvent(new CustomEvent("notice", { detail: message }));
    }
    this.#judge();
  }

  #compare(heartbeat) {
    const isAhead = heartbeat.version > (this.#ledger.position.version ?? -1);
    this.#aheadSince = isAhead ? this.#aheadSince || Date.now() : 0;
    if (this.#ledger.take(heartbeat) === LOST) this.#resync();
  }

  #take(message) {
    const change = this.#ledger.take(message);
    if (change === LOST) return this.#resync();
    this.#aheadSince = 0;
    if (!change) return undefined;
    if (change.whole) this.#forgotten = false;
    return this.dispatchEvent(new CustomEvent("change", { detail: change }));
  }

  /** Asks for the snapshot; until it has come, once in a while. */
  #resync() {
    if (Date.now() - this.#askedAt < ASK_AGAIN_MS) return;
    this.#askedAt = Date.now();
    this.#aheadSince = 0;
    this.#transport.resync();
  }

  /** Twice a second: is this connection still one? */
  #look() {
    const now = Date.now();
    if (this.#running) {
      const opening = now - this.#attemptAt > OPENING_MS;
      if (this.#isReady ? this.#isQuietFor(SILENT_BEATS) : opening) this.#transport.close();
      if (this.#aheadSince && now - this.#aheadSince > AHEAD_MS) this.#resync();
    }
    this.#judge();
  }

  #isQuietFor(beats) {
    return Date.now() - this.heardAt > beats * this.#heartbeatMs;
  }

  #judge() {
    const status = this.#verdict();
    if (status === this.status) return;
    this.status = status;
    this.dispatchEvent(new Event("status"));
  }

  #verdict() {
    if (this.ended) return "offline";
    if (!this.#isReady && !navigator.onLine) return "offline";
    if (!this.#ledger.known) return "connecting";
    if (this.#isServerStale) return "stale";
    if (this.#isReady && this.#isQuietFor(QUIET_BEATS)) return "stale";
    const grace = this.#transport.constructor.graceMs;
    return this.#isReady || Date.now() - this.#lostAt < grace ? "live" : "stale";
  }
}
