// The last choice: the snapshot every ten seconds. After a minute it ends, so that the better ones get a try.

import { within } from "../common/api.js";
import { ofError, ofStatus, RECONNECT } from "./endings.js";
import { messages } from "./events.js";

const EVERY_S = 10;
const ANSWER_MS = 8_000;
const CALLS = 6;

export class Poll {
  static graceMs = 2.5 * EVERY_S * 1000;
  static pauseMs = EVERY_S * 1000;

  #link;
  #control = new AbortController();
  #wake = () => {};

  constructor(link) {
    this.#link = link;
  }

  async run() {
    for (let number = 0; number < CALLS && !this.#control.signal.aborted; number += 1) {
      const ending = await this.#ask().catch(ofError);
      if (ending) return ending;
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, EVERY_S * 1000);
      });
    }
    return RECONNECT;
  }

  close() {
    this.#control.abort();
    this.#wake();
  }

  resync() {
    this.#link.forget();
    this.#wake();
  }

  /** One snapshot; an ending when it cannot be had. */
  async #ask() {
    const { venue, view, epoch, version } = this.#link.hello();
    const headers = { ...(await this.#link.headers()) };
    if (epoch) headers["If-None-Match"] = `"${epoch}:${version}"`;
    const limit = within(ANSWER_MS, this.#control.signal);
    try {
      const path = `/v1/live/venues/${encodeURIComponent(venue)}/snapshot?view=${view}`;
      const answer = await fetch(path, { headers, cache: "no-store", signal: limit.signal });
      if (!answer.ok && answer.status !== 304) {
        return ofStatus(answer.status, Number(answer.headers.get("Retry-After")));
      }
      this.#link.hear({ type: "ready", heartbeatS: EVERY_S });
      if (answer.ok) for await (const message of messages(answer.body)) this.#link.hear(message);
      return null;
    } finally {
      limit.lift();
    }
  }
}
