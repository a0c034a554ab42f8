// How the night's machinery is: when OpenKJ last collected, and the song book with its last sync.

import { secondsSince, span } from "../common/ago.js";
import { $, setText } from "../common/dom.js";

const LOOK_EVERY_MS = 10_000;
const number = new Intl.NumberFormat(document.documentElement.lang);

export class Health {
  #session;
  #venue;
  #system = null;
  #sync = null;
  #timers;

  constructor(session, venue) {
    [this.#session, this.#venue] = [session, venue];
    this.#timers = [setInterval(() => document.hidden || this.#look(), LOOK_EVERY_MS), setInterval(() => this.#show(), 1000)];
    $("#held-publish").onclick = () => this.#decide("publish");
    $("#held-discard").onclick = () => this.#decide("discard");
    this.#look();
  }

  close() {
    this.#timers.forEach(clearInterval);
  }

  /** What the host should know now. */
  get warnings() {
    const told = [];
    if (this.#venue.openkjConnected === false) {
      told.push(`OpenKJ has not asked for ${span(this.#silentS)}. Is it running, with its request server switched on?`);
    }
    if (this.#sync?.status === "held") told.push("The last song sync stopped half-way. Decide under Health.");
    if (this.#sync?.songsLost) told.push(`OpenKJ left out ${number.format(this.#sync.songsLost)} songs of the last sync.`);
    if (this.#system && !this.#system.songs) told.push("The song book is empty: bring in a file under Manage, or sync from OpenKJ.");
    return told;
  }

  get #silentS() {
    return this.#venue.openkjSeenAt ? secondsSince(this.#venue.openkjSeenAt) : Infinity;
  }

  async #look() {
    try {
      this.#venue = await this.#session.call("GET", `/v1/customer/venues/${this.#venue.id}`);
      const id = this.#venue.currentSystemId;
      const systems = await this.#session.call("GET", "/v1/customer/systems?limit=100");
      this.#system = systems.items.find((system) => system.id === id) ?? null;
      const syncs = await this.#session.call("GET", `/v1/customer/systems/${id}/syncs?limit=1`);
      this.#sync = syncs.items[0] ?? null;
    } catch {
      return; // what is shown says itself how old it is
    }
    this.#show();
  }

  #show() {
    const silentS = this.#silentS;
    const isWell = this.#venue.openkjConnected;
    const isKnown = silentS !== Infinity;
    $("#openkj").dataset.tone = isWell ? "good" : isWell === false ? "warning" : "none";
    setText($("#openkj"), !isKnown ? "not connected yet" : `${isWell ? "ok, " : "silent, "}${span(silentS)} ago`);
    setText($("#songs"), this.#system ? `${number.format(this.#system.songs)} songs` : "empty");
    setText($("#sync"), this.#sync ? describe(this.#sync) : "none yet");
    this.#offerDecision();
  }

  #offerDecision() {
    const sync = this.#sync;
    const isHeld = sync?.status === "held";
    $("#held").hidden = !isHeld;
    if (!isHeld) return;
    setText($("#held-words"), "This sync stopped half-way. Singers still see the earlier songbook.");
    setText($("#held-publish"), `Use the new ${number.format(sync.songs)}`);
    setText($("#held-discard"), `Keep the old ${number.format(sync.songsBefore)}`);
  }

  async #decide(verb) {
    await this.#session.call("POST", `/v1/customer/song-syncs/${this.#sync.id}/${verb}`).catch(() => null);
    await this.#look();
  }
}

function describe({ status, songs, openedAt, closedAt, lastDocumentAt }) {
  const count = `${number.format(songs)} songs`;
  if (status === "open") return `running, ${count} so far`;
  if (status === "held") return `stopped, ${count}, ${span(secondsSince(lastDocumentAt))} ago`;
  if (status === "discarded") return `dropped, ${span(secondsSince(closedAt ?? openedAt))} ago`;
  return `${count}, ${span(secondsSince(closedAt ?? openedAt))} ago`;
}
