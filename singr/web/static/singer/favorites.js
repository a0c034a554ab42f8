// The songs a singer keeps, each with the key they like it in. They need an account: without one there is an offer to sign
// in, and nothing else changes. What this phone asked for as a guest's becomes the singer's own on the way (server).

import { $ } from "../common/dom.js";
import { Session } from "../common/session.js";
import { keep } from "../common/store.js";
import { say } from "../common/words.js";
import { keyText } from "./card.js";
import { nameOf } from "./tonight.js";

const SONGS = "/v1/singer/favorites/songs";
const LIMIT = 100;
const PAGES_MAX = 20;

export class Favorites extends EventTarget {
  /** Whether somebody is here who may keep songs. */
  isOn = false;
  /** How they want to be called, where they have said so. */
  nickname = null;

  #venue;
  #session = new Session();
  #songs = new Map();

  constructor(venue) {
    super();
    this.#venue = venue;
    $("#sign-in").hidden = this.#session.isKept || Boolean(document.body.dataset.kiosk);
    $("#sign-in").addEventListener("click", () => keep("back", { path: location.pathname, at: Date.now() }));
    $("#sign-out").addEventListener("click", () => this.#session.signOut());
    this.#session.addEventListener("ended", () => {
      $("#sign-in").hidden = false;
      this.#turn(false);
    });
  }

  /** Finds out who is here; a host's session is none that keeps songs. On a shared tablet nobody is asked. */
  async begin() {
    if (!this.#session.isKept) return;
    try {
      this.nickname = (await this.claim()).nickname;
      let cursor = null;
      for (let page = 0; page < PAGES_MAX && cursor !== undefined; page += 1) {
        const { items, nextCursor } = await this.#list({ limit: LIMIT, ...(cursor && { cursor }) });
        for (const song of items) this.#songs.set(nameOf(song), song);
        cursor = nextCursor ?? undefined;
      }
      this.#turn(true);
    } catch {
      this.#turn(false);
    }
  }

  /** Makes what this phone has asked for the singer's own; gives their profile. */
  async claim() {
    return this.#session.isKept ? this.#session.call("GET", "/v1/singer/profile") : null;
  }

  of(song) {
    return this.#songs.get(nameOf(song)) ?? null;
  }

  /** What to say of a song in a list. */
  tags(song) {
    const { isHere } = song;
    const kept = this.of(song);
    const key = kept?.keyChange ? [say("in_key", { key: keyText(kept.keyChange) })] : [];
    const place = isHere === undefined ? [] : [say(isHere ? "here" : "not_here")];
    return kept ? ["♥", ...key, ...place] : place;
  }

  async keep({ artist, title }, keyChange) {
    const song = await this.#session.call("POST", SONGS, { body: { artist, title, keyChange } });
    this.#songs.set(nameOf(song), song);
    this.dispatchEvent(new Event("change"));
  }

  async drop(song) {
    await this.#session.call("DELETE", `${SONGS}/${this.of(song).id}`);
    this.#songs.delete(nameOf(song));
    this.dispatchEvent(new Event("change"));
  }

  /** A page of them as rows, with what of them can be sung here tonight. */
  async rows(given) {
    const { items, nextCursor } = await this.#list({ ...given, venue: this.#venue });
    const row = ({ songId, artist, title, keyChange }) => ({ id: songId, artist, title, keyChange, isHere: songId !== null });
    return { items: items.map(row), nextCursor };
  }

  #list(given) {
    return this.#session.call("GET", `${SONGS}?${new URLSearchParams(given)}`);
  }

  #turn(isOn) {
    this.isOn = isOn;
    if (!isOn) this.#songs.clear();
    $("#mine-way").hidden = $("#sign-out").hidden = !isOn;
    this.dispatchEvent(new Event("change"));
  }
}
