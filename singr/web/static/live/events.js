// The second choice: server-sent events, read with fetch, since EventSource can neither sign in nor tell a status.

import { ofError, ofSlug, ofStatus, RECONNECT } from "./endings.js";

export class Events {
  static graceMs = 5_000;

  #link;
  #control = new AbortController();
  #ending = RECONNECT;
  #retryMs;

  constructor(link) {
    this.#link = link;
  }

  async run() {
    const { venue, view, epoch, version } = this.#link.hello();
    try {
      const headers = { Accept: "text/event-stream", ...(await this.#link.headers()) };
      if (epoch) headers["Last-Event-ID"] = `${epoch}:${version}`;
      const path = `/v1/live/venues/${encodeURIComponent(venue)}/events?view=${view}`;
      const answer = await fetch(path, { headers, cache: "no-store", signal: this.#control.signal });
      if (!answer.ok) return ofStatus(answer.status, Number(answer.headers.get("Retry-After")));
      for await (const message of messages(answer.body)) this.#hear(message);
    } catch (error) {
      if (!this.#control.signal.aborted) return ofError(error);
    }
    return this.#ending;
  }

  close() {
    this.#control.abort();
  }

  /** A stream cannot be asked: the next one, begun without a position, starts with the snapshot. */
  resync() {
    this.#link.forget();
    this.close();
  }

  #hear(message) {
    if (message.type === "bye") this.#ending = { ...RECONNECT, retryMs: (this.#retryMs = message.retryMs) };
    if (message.type === "error") this.#ending = ofSlug(message.code, this.#retryMs);
    this.#link.hear(message);
  }
}

/** The `data:` of each event in a body, decoded. */
export async function* messages(body) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (text + decoder.decode(part.value, { stream: true })).split("\n\n");
    text = events.pop();
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      if (data) yield JSON.parse(data.slice("data: ".length));
    }
  }
}
