// The rows of the list: songs to ask for, with what is worth knowing of them tonight, or artists.

import { $, el, setText } from "../common/dom.js";
import { say } from "../common/words.js";

export class Results {
  #list = $("#results");
  #songs = new Map();
  #choose;
  #tags;

  /** `choose(song)` is called for the row pressed; `tags(song)` tells what to say of a song. */
  constructor(choose, tags) {
    [this.#choose, this.#tags] = [choose, tags];
    for (const button of this.#list.querySelectorAll("button")) this.#songs.set(button.value, readRow(button));
  }

  get size() {
    return this.#list.childElementCount;
  }

  choose(value) {
    this.#choose(this.#songs.get(value));
  }

  /** The rows of songs or artists, added or instead of the others; gives them. */
  show(items, isContinued) {
    if (!isContinued) this.#songs.clear();
    const rows = items.map((item) => el("li", {}, item.name === undefined ? this.#song(item) : artist(item)));
    if (isContinued) this.#list.append(...rows);
    else this.#list.replaceChildren(...rows);
    this.refresh();
    return rows;
  }

  /** Says of each song what is true of it by now. */
  refresh() {
    for (const button of this.#list.querySelectorAll("button")) {
      const text = this.#tags(this.#songs.get(button.value)).join(" · ");
      const tag = $("em", button);
      if (tag) setText(tag, text);
      else if (text) button.append(el("em", {}, text));
    }
  }

  #song(song) {
    const value = String(song.id ?? `${song.artist} ${song.title}`);
    this.#songs.set(value, song);
    const data = song.isHere === undefined ? {} : { place: "" };
    return el("button", { name: "song", value, data }, el("b", { dir: "auto" }, song.title), el("span", { dir: "auto" }, song.artist));
  }
}

function artist({ name, songs }) {
  const href = `?artist=${encodeURIComponent(name)}`;
  return el("a", { className: "way", href }, el("b", { dir: "auto" }, name), el("span", {}, say("found", { n: songs })));
}

const readRow = (button) => ({
  id: Number(button.value),
  title: button.querySelector("b").textContent,
  artist: button.querySelector("span").textContent,
});
