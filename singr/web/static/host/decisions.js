// Accept and reject. A rejection is sent after eight seconds, so that it can be undone and given a reason; the next
// decision, or leaving the page, sends it at once.

import { el, isolated, setText } from "../common/dom.js";
import { say } from "../common/words.js";
import { wrong } from "../common/wrong.js";

const UNDO_S = 8;

export class Decisions {
  #session;
  #queue;
  #slot;
  #announce;
  #pending = null;

  constructor(session, queue, slot, announce) {
    [this.#session, this.#queue, this.#slot, this.#announce] = [session, queue, slot, announce];
    queue.addEventListener("settled", ({ detail }) => this.#settledElsewhere(detail));
    addEventListener("pagehide", () => this.flush({ keepalive: true }));
  }

  accept(request) {
    this.flush();
    this.#queue.take(String(request.id));
    this.#say(say("accepted_who", { request: nameOf(request) }));
    return this.#send(request, { status: "processed" });
  }

  reject(request) {
    this.flush();
    this.#queue.take(String(request.id));
    const reason = el("input", { maxLength: 200, placeholder: say("reason_hint"), ariaLabel: say("reason"), dir: "auto" });
    const undo = el("button", { type: "button", on: { click: () => this.undo() } });
    this.#pending = { request, reason, undo, leftS: UNDO_S, timer: setInterval(() => this.#count(), 1000) };
    reason.addEventListener("input", () => (this.#pending.leftS = UNDO_S));
    reason.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") this.flush();
      if (key === "Enter" || key === "Escape") this.#queue.focus();
    });
    this.#count(0);
    this.#slot.replaceChildren(el("p", {}, say("rejected_who", { request: nameOf(request) })), reason, undo);
    this.#announce(say("undo_hint", { request: nameOf(request) }));
  }

  undo() {
    const pending = this.#forget();
    if (!pending) return;
    this.#say(say("still_waiting", { request: nameOf(pending.request) }));
    this.#queue.putBack(String(pending.request.id));
  }

  /** Sends what waits for its undo time. */
  flush(options) {
    const pending = this.#forget();
    if (!pending) return;
    const rejectReason = pending.reason.value.trim();
    this.#say(say("rejected_who", { request: nameOf(pending.request) }));
    this.#send(pending.request, { status: "rejected", ...(rejectReason && { rejectReason }) }, options);
  }

  #count(by = 1) {
    this.#pending.leftS -= by;
    if (this.#pending.leftS <= 0) this.flush();
    else setText(this.#pending.undo, say("undo", { n: this.#pending.leftS }));
  }

  #forget() {
    const pending = this.#pending;
    clearInterval(pending?.timer);
    this.#pending = null;
    return pending;
  }

  #settledElsewhere({ id }) {
    if (String(this.#pending?.request.id) !== id) return;
    const { request } = this.#forget();
    this.#say(say("no_longer_who", { request: nameOf(request) }));
  }

  async #send(request, body, options = {}) {
    try {
      await this.#session.call("PATCH", `/v1/customer/requests/${request.id}`, { body, ...options });
    } catch (problem) {
      if ([404, 409].includes(problem.status)) return;
      this.#queue.putBack(String(request.id));
      this.#say(say("not_done_who", { request: nameOf(request), why: wrong(problem) }), "bad");
    }
  }

  #say(text, tone = "") {
    this.#slot.replaceChildren(el("p", { className: tone }, text));
    this.#announce(text);
  }
}

const nameOf = ({ singerName, title }) => `${isolated(singerName)}, ${isolated(title)}`;
