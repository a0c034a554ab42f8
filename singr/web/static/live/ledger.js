// What a venue's stream has told so far: the venue, its waiting requests in order, and the place in its history.

/** The server has moved on in a way these messages do not explain: only a snapshot helps. */
export const LOST = Symbol("lost");

export class Ledger {
  epoch = null;
  version = null;
  venue = null;
  /** Requests by id (text), in the queue's order. */
  requests = new Map();

  get known() {
    return this.epoch !== null;
  }

  /** Where to resume, for `hello`; empty before the first snapshot. */
  get position() {
    return this.known ? { epoch: this.epoch, version: this.version } : {};
  }

  /**
   * Takes a snapshot, delta or heartbeat. Gives the change `{whole, upserted: [id], removed: [{id, request}]}`,
   * null when there is none, or LOST. `request` is how a removed one ended, where we may know.
   */
  take(message) {
    if (message.type === "snapshot") return this.#replace(message);
    if (message.type === "delta") return this.#move(message);
    return message.epoch === this.epoch ? null : LOST;
  }

  #replace({ epoch, version, venue, requests }) {
    const before = this.requests;
    this.epoch = epoch;
    this.version = version;
    this.venue = venue;
    this.requests = new Map(requests.map((request) => [String(request.id), request]));
    const removed = [...before.keys()].filter((id) => !this.requests.has(id)).map((id) => ({ id, request: null }));
    return { whole: true, upserted: [...this.requests.keys()], removed };
  }

  #move({ epoch, prev, version, ops }) {
    if (epoch !== this.epoch) return LOST;
    if (version <= this.version) return null;
    if (prev !== this.version) return LOST;
    this.version = version;
    const change = { whole: false, upserted: [], removed: [] };
    for (const { op, id: number, request, venue } of ops) {
      const id = String(number);
      if (op === "venue") {
        this.venue = venue;
      } else if (op === "upsert") {
        this.requests.set(id, request);
        change.upserted.push(id);
      } else if (op === "remove") {
        this.requests.delete(id);
        change.removed.push({ id, request: request ?? null });
      }
    }
    return change;
  }
}
