// My requests: those on their way, those waiting with the KJ, those decided; the newest first.

import { call } from "../common/api.js";
import { $, isolated } from "../common/dom.js";
import { keep, kept } from "../common/store.js";
import { say } from "../common/words.js";
import { Card } from "./card.js";
import { ofEntry, ofRequest } from "./standing.js";

const KEPT_MAX = 50;
const ASKED_MAX = 10;
const FAILED_MS = 8_000;
// In ms: on, off, on.
const VIBRATIONS = { upNext: [200, 100, 200], accepted: [200], dealt: [200], rejected: [100, 100, 100] };

export class Mine {
  #list = $("#cards");
  #id;
  #outbox;
  #live;
  #announce;
  #change;
  #requests = new Map();
  #tokens;
  #dismissed;
  #failures = new Map();
  #cards = new Map();

  /** `change(request, token, back, song)` lets the singer change one, perhaps to another song. */
  constructor(id, outbox, live, announce, change) {
    [this.#id, this.#outbox, this.#live, this.#announce, this.#change] = [id, outbox, live, announce, change];
    this.#tokens = new Map(kept(`mine.${id}`, []));
    this.#dismissed = new Set(kept(`dismissed.${id}`, []));
    this.#adopt();
    outbox.addEventListener("change", () => this.render());
    outbox.addEventListener("sent", ({ detail }) => this.#arrived(detail));
    live.addEventListener("change", ({ detail }) => this.#follow(detail));
    live.addEventListener("notice", ({ detail }) => this.#notice(detail));
    this.render();
  }

  /** The newest token we hold, as a second proof of what is ours. */
  get token() {
    return [...this.#tokens.values()].at(-1);
  }

  /** What the server has put into the page. */
  #adopt() {
    for (const node of [...this.#list.children].reverse()) {
      const request = JSON.parse(node.dataset.request);
      this.#learn(request, node.dataset.token);
    }
    this.#list.replaceChildren();
  }

  #learn(request, token) {
    const id = String(request.id);
    if (token) this.#remember(id, token);
    if (this.#dismissed.has(id)) return;
    this.#requests.set(id, { ...this.#requests.get(id), ...request });
  }

  #remember(id, token) {
    this.#tokens.set(id, token);
    keep(`mine.${this.#id}`, [...this.#tokens].slice(-KEPT_MAX));
  }

  #arrived({ key, receipt }) {
    const { trackingToken, ...request } = receipt;
    const id = String(request.id);
    if (this.#cards.has(key) && !this.#cards.has(id)) {
      this.#cards.set(id, this.#cards.get(key));
      this.#cards.delete(key);
    }
    this.#learn(request, trackingToken);
    this.#announce(`${request.title}: ${say("has_request")}`);
  }

  #follow({ whole, upserted, removed }) {
    for (const id of upserted) {
      const request = this.#live.requests.get(id);
      if (isOwn(request)) this.#learn(request);
      // The stream was quicker than the answer, or the answer got lost: asking again brings it.
      if (isOwn(request) && this.#isUnanswered(id)) this.#outbox.flush();
    }
    for (const { id, request } of removed) {
      if (request && this.#requests.has(id)) this.#settled(request);
    }
    if (whole) this.#catchUp();
    this.render();
  }

  /** The singer has changed one. */
  changed(request) {
    this.#learn(request);
    this.#announce(`${request.title}: ${say("changed")}`);
    this.render();
  }

  /** News for us alone. How a request ended is said where it is shown to have ended. */
  #notice({ kind, id }) {
    const request = this.#requests.get(String(id));
    if (kind === "upNext" && request) this.#announce(say("up_next", { title: isolated(request.title) }));
    if (kind === "venueClosed") this.#announce(say("closed_waiting"));
    navigator.vibrate?.(VIBRATIONS[kind] ?? 0);
  }

  #settled(request) {
    if (request.status === "withdrawn") return this.#requests.delete(String(request.id));
    this.#learn(request);
    return this.#announce(`${request.title}: ${ofRequest(request, 0).text}`);
  }

  /** Whatever is no longer waiting was decided while we were away: ask how. */
  async #catchUp() {
    const away = [...this.#requests.values()].filter(
      (request) => request.status === "pending" && !this.#live.requests.has(String(request.id)),
    );
    for (const { id } of away.slice(0, ASKED_MAX)) {
      const token = this.#tokens.get(String(id));
      const request = token && (await call("GET", `/v1/public/requests/${token}`).catch(() => null));
      if (request && request.status !== "pending") this.#settled(request);
    }
    if (away.length) this.render();
  }

  #withdraw(id) {
    const token = this.#tokens.get(id);
    if (!token) return location.reload();
    return call("DELETE", `/v1/public/requests/${token}`).then(
      () => {
        this.#requests.delete(id);
        this.#announce(say("withdrawn"));
        this.render();
      },
      (problem) => this.#fail(id, say(problem.status === 409 ? "already_dealt" : "withdraw_failed")),
    );
  }

  /** For a while the card tells what did not work. */
  #fail(id, text) {
    this.#failures.set(id, text);
    setTimeout(() => this.#failures.delete(id) && this.render(), FAILED_MS);
    this.#announce(text);
    this.render();
  }

  #dismiss(id) {
    this.#requests.delete(id);
    this.#dismissed.add(id);
    keep(`dismissed.${this.#id}`, [...this.#dismissed].slice(-KEPT_MAX));
    this.render();
  }

  render() {
    const shown = new Map([...this.#outbox.entries.map((e) => this.#ofEntry(e)).reverse(), ...this.#ofRequests()]);
    const hadFocus = this.#list.contains(document.activeElement);
    for (const [key, card] of this.#cards) {
      if (shown.has(key)) continue;
      card.node.remove();
      this.#cards.delete(key);
    }
    const newest = this.#list.firstElementChild;
    let place = newest;
    for (const [key, model] of shown) {
      if (!this.#cards.has(key)) this.#cards.set(key, new Card());
      const card = this.#cards.get(key);
      card.show(model);
      if (card.node === place) place = place.nextElementSibling;
      else this.#list.insertBefore(card.node, place);
    }
    if (this.#list.firstElementChild !== newest) this.#list.scrollLeft = 0;
    if (hadFocus && !this.#list.contains(document.activeElement)) ($("button", this.#list) ?? $("#mine")).focus();
  }

  #ofEntry(entry) {
    const { key, title, artist, state } = entry;
    const rules = this.#live.venue?.rules ?? {};
    const isFinal = rules.songOncePerNight || rules.duplicatePolicy === "refuse";
    const drop = { label: ["closed", "blocked", "refused"].includes(state) ? "okay" : "drop", act: () => this.#outbox.drop(key) };
    const again = {
      old: { label: "send", act: () => this.#outbox.insist(key) },
      duplicate: isFinal ? null : { label: "ask_anyway", act: () => this.#outbox.insist(key, { allowDuplicate: true }) },
      limit: this.#swappable() && { label: "swap", act: () => this.#swap(entry) },
    }[state];
    const actions = state === "sending" ? [] : again ? [again, drop] : [drop];
    return [key, { title, artist, ...ofEntry(entry, rules), actions }];
  }

  /** The request of mine that came last of those that wait and can be changed from here. */
  #swappable() {
    const mine = [...this.#requests.values()].filter(({ id, status }) => status === "pending" && this.#tokens.has(String(id)));
    return mine.sort((a, b) => b.id - a.id)[0];
  }

  /** Another song instead of one that waits. */
  #swap({ key, body, artist, title }) {
    const request = this.#swappable();
    this.#outbox.drop(key);
    this.#change(request, this.#tokens.get(String(request.id)), $("#q"), { id: body.songId, artist, title });
  }

  #isUnanswered(id) {
    return !this.#cards.has(id) && this.#outbox.isSending(this.#requests.get(id) ?? {});
  }

  /** Cards of requests the server has. Those whose answer we still wait for have one already, as on their way. */
  *#ofRequests() {
    const places = new Map([...this.#live.requests.keys()].map((id, index) => [id, index]));
    for (const [id, request] of [...this.#requests].sort(([a], [b]) => b - a)) {
      if (this.#isUnanswered(id)) continue;
      const { title, artist, keyChange, status, position = 1 } = request;
      const token = this.#tokens.get(id);
      const change = ({ target }) => this.#change(this.#requests.get(id), token, target);
      const actions =
        status === "pending"
          ? [...(token ? [{ label: "change", act: change }] : []), { label: "withdraw", sure: "withdraw_sure", act: () => this.#withdraw(id) }]
          : [{ label: "okay", act: () => this.#dismiss(id) }];
      const before = places.get(id) ?? position - 1;
      const rotation = this.#live.venue?.rotation;
      const isNext = status === "pending" && (rotation ? rotation.next[0] === request.id : before === 0);
      const failure = status === "pending" && this.#failures.get(id);
      const standing = failure ? { tone: "bad", text: failure } : ofRequest(request, before, rotation);
      yield [id, { title, artist, keyChange, isNext, ...standing, actions }];
    }
  }
}

/** Others' requests come without their numbers. */
const isOwn = (request) => request?.requestNumber !== undefined;
