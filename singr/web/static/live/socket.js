// The first choice: one WebSocket. It answers heartbeats, renews its ticket when told, and asks for snapshots.

import { ofCode, ofError, RECONNECT } from "./endings.js";

const CLOSED_BY_US = 1000;
const PONG_EVERY_MS = 10_000;

export class Socket {
  static graceMs = 5_000;

  #link;
  #socket = null;
  #over = null;
  #retryMs;
  #pongAt = 0;

  constructor(link) {
    this.#link = link;
  }

  /** Connects and stays; gives the ending. */
  async run() {
    let ticket;
    try {
      ticket = await this.#link.ticket();
    } catch (error) {
      return ofError(error);
    }
    return new Promise((resolve) => {
      this.#over = resolve;
      if (this.#link.signal.aborted) return resolve(RECONNECT);
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      this.#socket = new WebSocket(`${scheme}//${location.host}/v1/live`);
      this.#socket.onopen = () => this.#say({ type: "hello", ...this.#link.hello(), ...(ticket && { ticket }) });
      this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
      this.#socket.onclose = ({ code }) => resolve(ofCode(code, this.#retryMs));
    });
  }

  /** Ends at once: a link that is half open would take minutes to say so. */
  close() {
    if (this.#socket) {
      this.#socket.onmessage = this.#socket.onclose = null;
      this.#socket.close(CLOSED_BY_US);
    }
    this.#over?.(RECONNECT);
  }

  resync() {
    this.#say({ type: "resync" });
  }

  #hear(message) {
    if (message.type === "bye") this.#retryMs = message.retryMs;
    if (message.type === "authDue") this.#renew();
    this.#link.hear(message);
    if (message.type === "heartbeat") this.#answer();
  }

  #answer() {
    if (Date.now() - this.#pongAt < PONG_EVERY_MS) return;
    this.#pongAt = Date.now();
    this.#say({ type: "pong", version: this.#link.hello().version });
  }

  async #renew() {
    try {
      this.#say({ type: "auth", ticket: await this.#link.ticket() });
    } catch {
      this.close();
    }
  }

  #say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
