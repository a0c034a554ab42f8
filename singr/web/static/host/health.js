// How the night's machinery is: when OpenKJ last collected, the song book with its last sync, who
// watches, how late the page is.

import { ago, secondsSince, span } from "../common/ago.js";
import { $, setText } from "../common/dom.js";
import { LOCALE, say } from "../common/words.js";

const LOOK_EVERY_MS = 10_000;
const TONIGHT_S = 12 * 3600;
// On a phone or tablet it is one line that opens.
const narrow = matchMedia("(max-width: 899px)");
const number = new Intl.NumberFormat(LOCALE);

export class Health {
  #session;
  #venue;
  #system = null;
  #sync = null;
  #watching = null;
  #live;
  #wayMs = 0;
  #timers;

  /** `live()` is the connection that the page has at the moment. */
  constructor(session, venue, live) {
    [this.#session, this.#venue, this.#live] = [session, venue, live];
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
      told.push(say("openkj_silent", { time: span(this.#silentS) }));
    }
    if (this.#sync?.status === "held") told.push(say("sync_stopped"));
    if (this.#sync?.songsLost) told.push(say("songs_lost", { songs: songs(this.#sync.songsLost) }));
    if (this.#isSmaller) {
      told.push(say("songs_fewer", { after: songs(this.#sync.songs), before: songs(this.#sync.songsBefore) }));
    }
    if (this.#system && !this.#system.songs) told.push(say("book_empty"));
    return told;
  }

  /** Whether a sync of tonight left fewer songs than there were: on purpose or not. */
  get #isSmaller() {
    const { status, songs: n, songsBefore, closedAt } = this.#sync ?? {};
    return status === "published" && n < songsBefore && secondsSince(closedAt) < TONIGHT_S;
  }

  get #silentS() {
    return this.#venue.openkjSeenAt ? secondsSince(this.#venue.openkjSeenAt) : Infinity;
  }

  #look() {
    return Promise.all([this.#lookAtNight(), this.#lookWhoWatches()]);
  }

  async #lookWhoWatches() {
    const path = `/v1/customer/venues/${this.#venue.id}/watching`;
    this.#watching = await this.#session.call("GET", path).catch(() => ({}));
    this.#show();
  }

  async #lookAtNight() {
    try {
      await this.#session.headers(); // renews what has to be renewed before the clock runs
      const askedAt = performance.now();
      this.#venue = await this.#session.call("GET", `/v1/customer/venues/${this.#venue.id}`);
      this.#wayMs = Math.ceil(performance.now() - askedAt);
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
    setText($("#openkj"), say(!isKnown ? "openkj_never" : isWell ? "openkj_ok" : "openkj_quiet", { ago: ago(this.#venue.openkjSeenAt) }));
    setText($("#songs"), this.#system ? songs(this.#system.songs) : say("empty"));
    setText($("#sync"), this.#sync ? describe(this.#sync) : say("none_yet"));
    setText($("#phones"), this.#count("phones"));
    setText($("#screens"), this.#count("screens"));
    setText($("#delay"), this.#delay);
    setText($("#health-line"), `OpenKJ ${$("#openkj").textContent} · ${$("#songs").textContent}`);
    this.#offerDecision();
  }

  /** How many of these watch; nobody knows while Redis is away. */
  #count(kind) {
    if (!this.#watching) return "…";
    const n = this.#watching[kind];
    return typeof n === "number" ? number.format(n) : "–";
  }

  /** How much older than the truth the queue may be: a way there and back, or the pause between two looks. */
  get #delay() {
    const live = this.#live();
    if (live?.status !== "live") return live?.heardAt ? say("ago", { time: span((Date.now() - live.heardAt) / 1000) }) : "…";
    if (live.pauseMs) return say("up_to", { time: span(live.pauseMs / 1000) });
    return this.#wayMs ? say("delay_ms", { n: number.format(this.#wayMs) }) : "…";
  }

  #offerDecision() {
    const sync = this.#sync;
    const isHeld = sync?.status === "held";
    $("#held").hidden = !isHeld;
    if (!isHeld) return;
    setText($("#held-words"), say("held_words"));
    setText($("#held-publish"), say("held_publish", { songs: songs(sync.songs) }));
    setText($("#held-discard"), say("held_discard", { songs: songs(sync.songsBefore) }));
  }

  async #decide(verb) {
    await this.#session.call("POST", `/v1/customer/song-syncs/${this.#sync.id}/${verb}`).catch(() => null);
    await this.#look();
  }
}

const fold = () => ($("#health").open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();

const songs = (n) => say("songs", { n, count: number.format(n) });

function describe({ status, songs: n, openedAt, closedAt, lastDocumentAt }) {
  const at = status === "held" ? lastDocumentAt : (closedAt ?? openedAt);
  return say(`sync_${status}`, { songs: songs(n), ago: ago(at) });
}
