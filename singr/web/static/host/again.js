// Whether a song was sung tonight, or asked for by somebody before: said at the row, never in the way.

import { ago, secondsSince } from "../common/ago.js";
import { say } from "../common/words.js";

const TONIGHT_S = 12 * 3600;
const MOST = 100;
const songOf = ({ artist, title }) => `${title}\n${artist}`.toLocaleLowerCase();

export class Again {
  #session;
  #queue;
  #venueId = "";
  #sung = new Map();

  constructor(session, queue) {
    [this.#session, this.#queue] = [session, queue];
  }

  open(venueId) {
    this.#venueId = venueId;
    this.#sung.clear();
  }

  /** A change as the live ledger tells it. */
  follow({ whole, upserted, removed }) {
    if (whole) this.#look();
    for (const id of upserted) this.#sung.delete(id);
    for (const { request } of removed) this.#note(request);
    this.show();
  }

  async #look() {
    const venueId = this.#venueId;
    const from = new Date(Date.now() - TONIGHT_S * 1000).toISOString();
    const query = new URLSearchParams({ venueId, from, status: "processed", order: "newest", limit: MOST });
    const page = await this.#session.call("GET", `/v1/customer/requests?${query}`).catch(() => null);
    if (!page || venueId !== this.#venueId) return;
    page.items.forEach((request) => this.#note(request));
    this.show();
  }

  #note(request) {
    if (request?.status === "processed") this.#sung.set(String(request.id), request);
  }

  show() {
    const [sungAt, askedAt] = [new Map(), new Map()];
    for (const request of this.#sung.values()) {
      const song = songOf(request);
      if (request.processedAt > (sungAt.get(song) ?? "")) sungAt.set(song, request.processedAt);
    }
    for (const row of this.#queue.waiting) {
      const song = songOf(row.request);
      const [sung, asked] = [sungAt.get(song), askedAt.get(song)];
      askedAt.set(song, row.request.requestedAt);
      if (sung && secondsSince(sung) < TONIGHT_S) row.showAgain(say("again_sung", { ago: ago(sung) }));
      else row.showAgain(asked ? say("again_asked", { ago: ago(asked) }) : "");
    }
  }
}
