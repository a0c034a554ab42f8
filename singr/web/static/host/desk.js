// One venue's desk: the live queue, decisions, health and settings.

import { secondsSince, span } from "../common/ago.js";
import { $, setText } from "../common/dom.js";
import { say } from "../common/words.js";
import { Live } from "../live/live.js";
import { Again } from "./again.js";
import { Blocks } from "./blocks.js";
import { Decisions } from "./decisions.js";
import { showDetails } from "./details.js";
import { Health } from "./health.js";
import { invite } from "./invite.js";
import { listen } from "./keys.js";
import { Panels } from "./panels.js";
import { Queue } from "./queue.js";
import { Rotation } from "./rotation.js";
import { Seen } from "./seen.js";
import { offerTurn, Settings, showOpen, showPrivacy } from "./settings.js";

const ANNOUNCE_EVERY_MS = 10_000;
const LONG_STALE_MS = 5_000;

export class Desk {
  #session;
  #venue = null;
  #live = null;
  #health = null;
  #settings = null;
  #seen = null;
  #queue = new Queue($("#queue"), $("#changes"));
  #decisions;
  #blocks;
  #rotation;
  #again;
  #panels;
  #fresh = 0;
  #announcedAt = 0;

  constructor(session) {
    this.#session = session;
    this.#decisions = new Decisions(session, this.#queue, $("#slot"), announce);
    this.#blocks = new Blocks(session, announce);
    this.#rotation = new Rotation(session, this.#queue, announce);
    this.#again = new Again(session, this.#queue);
    this.#panels = new Panels(session);
    this.#queue.addEventListener("change", () => this.#showCount());
    $("#queue").addEventListener("click", (event) => this.#press(event));
    $("#find").addEventListener("input", ({ target }) => this.#queue.find(target.value));
    $("#find").addEventListener("keydown", ({ key }) => ["Escape", "Enter"].includes(key) && this.#queue.focus());
    $("#manage").addEventListener("click", () => this.#panels.show("rules"));
    $("#add").addEventListener("click", () => this.#panels.show("add"));
    $("#help-open").addEventListener("click", () => $("#help").showModal());
    offerTurn(() => this.#settings.turn());
    listen($("#queue"), this.#actions());
    setInterval(() => this.#tick(), 1000);
  }

  open(venue) {
    this.#venue = venue;
    this.#health = new Health(this.#session, venue, () => this.#live);
    this.#settings = new Settings(this.#session, venue);
    this.#seen = new Seen(this.#session, venue.id);
    this.#blocks.open(venue.id);
    this.#rotation.open(venue.id);
    this.#again.open(venue.id);
    this.#panels.open(venue);
    this.#live = new Live({
      venue: venue.id,
      view: "host",
      ticket: () => this.#ticket(),
      headers: () => this.#session.headers(),
    });
    this.#live.addEventListener("change", ({ detail }) => this.#follow(detail));
    this.#live.addEventListener("status", () => this.#showStatus());
    this.#live.start();
    this.#rename(venue.name);
    showOpen(venue.acceptingRequests);
    invite(venue.urlName);
    this.#showStatus();
  }

  close() {
    this.#decisions.flush();
    this.#panels.close();
    this.#live?.stop();
    this.#health?.close();
    const removed = [...(this.#live?.requests.keys() ?? [])].map((id) => ({ id, request: null }));
    this.#queue.follow({ upserted: [], removed }, new Map());
    this.#queue.apply();
    this.#rotation.show(null);
    this.#venue = this.#live = null;
  }

  async #ticket() {
    const body = { venue: this.#venue.id, view: "host" };
    return (await this.#session.call("POST", "/v1/live/tickets", { body })).ticket;
  }

  #follow(change) {
    const { requests, venue } = this.#live;
    this.#fresh += change.whole ? 0 : change.upserted.filter((id) => !this.#queue.has(id)).length;
    this.#queue.follow(change, requests);
    this.#again.follow(change);
    this.#rotation.show(venue.rotation);
    showPrivacy(venue.queuePrivacy);
    this.#rename(venue.name);
    this.#readdress(venue.urlName);
    showOpen(venue.acceptingRequests);
    this.#seen.note(requests);
  }

  /** The venue's name as it is now, also in the list that it was chosen from. */
  #rename(name) {
    this.#venue.name = name;
    setText($("#venue-name"), name);
    setText($("#switch").selectedOptions[0], name);
  }

  /** Code and links are of the address that the venue has now. */
  #readdress(urlName) {
    if (this.#venue.urlName === urlName) return;
    this.#venue.urlName = urlName;
    invite(urlName);
  }

  #press({ target }) {
    const row = this.#queue.rowOf(target);
    const button = target.closest("button");
    if (!row) return;
    if (!button) this.#showDetails(row);
    else this.#decide(button.name, row);
  }

  /** Decisions only on what is surely true: an old picture would hit rows that have changed. */
  #decide(verb, row) {
    if (this.#live.status !== "live") announce(say("not_live"));
    else if (row && !row.isGone) this.#decisions[verb](row.request);
  }

  #actions() {
    const queue = this.#queue;
    return {
      up: () => queue.step(-1),
      down: () => queue.step(1),
      accept: () => this.#decide("accept", queue.current),
      reject: () => this.#decide("reject", queue.current),
      undo: () => this.#decisions.undo(),
      details: () => queue.current && this.#showDetails(queue.current),
      block: () => {
        if (!queue.current) return;
        this.#showDetails(queue.current);
        $("#block").focus();
      },
      add: () => this.#panels.show("add"),
      manage: () => this.#panels.show("rules"),
      lock: () => this.#rotation.toggle(),
      apply: () => queue.apply(),
      find: () => $("#find").focus(),
      turn: () => {
        $("#turn").focus();
        $("#turn").click();
      },
      help: () => $("#help").showModal(),
    };
  }

  #showDetails(row) {
    this.#blocks.about(row.request);
    showDetails(row);
  }

  #showCount() {
    const { waiting } = this.#queue;
    const longestS = Math.max(...waiting.map(({ request }) => secondsSince(request.requestedAt)));
    const oldest = waiting.length ? ` · ${say("oldest", { time: span(longestS) })}` : "";
    const isKnown = this.#live?.venue;
    setText($("#count"), isKnown ? `${say("waiting", { n: waiting.length })}${oldest}` : say("fetching"));
    setText($("#empty"), isKnown && waiting.length === 0 ? say("no_requests") : "");
    document.title = `(${waiting.length}) ${this.#venue?.name ?? say("host_title")}`;
  }

  #showStatus() {
    const { status, ended } = this.#live;
    $("#live").dataset.status = status;
    $("#desk").dataset.live = status === "live";
    setText($("#live-words"), say(ended ? "status_ended" : `status_${status}`));
    this.#showBand();
  }

  #showBand() {
    const silentMs = this.#live.heardAt ? Date.now() - this.#live.heardAt : 0;
    const isOld = this.#live.status !== "live" && silentMs > LONG_STALE_MS;
    const warnings = isOld
      ? [say("not_live_for", { time: span(silentMs / 1000) })]
      : this.#health.warnings;
    $("#band").classList.toggle("warn", warnings.length > 0);
    setText($("#band-words"), warnings.join(" ") || say("all_well"));
  }

  #tick() {
    if (!this.#live) return;
    this.#queue.tick();
    this.#again.show();
    this.#showCount();
    this.#showBand();
    this.#seen.note(this.#live.requests);
    if (this.#fresh && Date.now() - this.#announcedAt > ANNOUNCE_EVERY_MS) {
      announce(say("news", { fresh: this.#fresh, waiting: say("waiting", { n: this.#queue.waiting.length }) }));
      [this.#fresh, this.#announcedAt] = [0, Date.now()];
    }
  }
}

const announce = (text) => setText($("#said"), text);
