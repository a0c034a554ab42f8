// Search as you type: 150 ms after a letter, the last question wins, the old list stays until the new one is there.

import { call } from "../common/api.js";
import { $, el, isolated, setText } from "../common/dom.js";
import { say } from "../common/words.js";

const PAUSE_MS = 150;
const LIMIT = 20;

export class Search {
  #venue;
  #field = $("#q");
  #list = $("#results");
  #more = $("#more");
  #announce;
  #asking = null;
  #timer = 0;
  #songs = new Map();

  /** `choose(song)` is called for the row pressed. */
  constructor(venue, choose, announce) {
    [this.#venue, this.#announce] = [venue, announce];
    for (const button of this.#list.querySelectorAll("button")) this.#songs.set(button.value, readRow(button));
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
    });
    $("#search").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(this.#timer);
      this.#ask();
    });
    $("#songs").addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter === this.#more) this.#ask(this.#more.value);
      else choose(this.#songs.get(event.submitter.value));
    });
  }

  async #ask(cursor) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const text = this.#field.value.trim();
    const query = new URLSearchParams({ q: text, limit: LIMIT, ...(cursor && { cursor }) });
    try {
      const path = `/v1/public/venues/${encodeURIComponent(this.#venue)}/songs?${query}`;
      const page = await call("GET", path, { signal: asking.signal });
      this.#show(text, page, cursor !== undefined);
    } catch {
      if (!asking.signal.aborted) setText($("#none"), say("search_failed"));
    }
  }

  #show(text, { items, nextCursor, didYouMean }, isContinued) {
    if (!isContinued) this.#songs.clear();
    setText($("#meant"), didYouMean ? say("meant", { text: isolated(didYouMean) }) : "");
    const rows = items.map((song) => this.#row(song));
    if (isContinued) this.#list.append(...rows);
    else this.#list.replaceChildren(...rows);
    this.#more.value = nextCursor ?? "";
    const isEmpty = this.#list.childElementCount === 0;
    setText($("#none"), isEmpty ? say(text ? "no_hit" : "no_songs", { text: isolated(text) }) : "");
    if (!isContinued) history.replaceState(null, "", text ? `?q=${encodeURIComponent(text)}` : location.pathname);
    const n = this.#list.childElementCount;
    const count = say(nextCursor ? "found_many" : "found", { n });
    this.#announce(isEmpty ? $("#none").textContent : `${$("#meant").textContent} ${count}`.trim());
    if (isContinued) rows[0]?.firstElementChild.focus();
  }

  #row(song) {
    this.#songs.set(String(song.id), song);
    const title = el("b", { dir: "auto" }, song.title);
    const artist = el("span", { dir: "auto" }, song.artist);
    return el("li", {}, el("button", { name: "song", value: song.id }, title, artist));
  }
}

const readRow = (button) => ({
  id: Number(button.value),
  title: button.querySelector("b").textContent,
  artist: button.querySelector("span").textContent,
});
