// The sheet in which one asks for a song. The request's key is made when it opens.

import { $, setText } from "../common/dom.js";
import { keep, kept } from "../common/store.js";
import { say } from "../common/words.js";

export class Sheet {
  #dialog = $("#sheet");
  #form = $("#ask");
  #song = null;
  #key = "";

  /** `ask(key, body, song)` takes what the singer wants. */
  constructor(ask) {
    this.#form.singerName.value ||= kept("name", "");
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(ask);
    });
    $("#cancel").addEventListener("click", (event) => {
      event.preventDefault();
      this.#dialog.close();
    });
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#dialog.close());
    if (this.#dialog.open) this.#upgrade();
  }

  open(song) {
    this.#song = song;
    this.#key = newKey();
    setText($("#sheet-song"), song.title);
    setText($("#sheet-artist"), song.artist);
    setText($("#error"), "");
    this.#dialog.showModal();
    if (!this.#form.singerName.value) this.#form.singerName.focus();
  }

  /** The server opened it for a visitor whose script was not there yet. */
  #upgrade() {
    const { songId } = this.#form;
    this.#dialog.close();
    const [title, artist] = [$("#sheet-song").textContent, $("#sheet-artist").textContent];
    if (songId.value) this.open({ id: Number(songId.value), title, artist });
  }

  #submit(ask) {
    const { singerName, keyChange, notes } = this.#form;
    const name = singerName.value.trim();
    if (!name) {
      setText($("#error"), say("name_lacking"));
      singerName.focus();
      return;
    }
    keep("name", name);
    const body = { singerName: name, songId: this.#song.id, keyChange: Number(keyChange.value) };
    if (notes.value.trim()) body.notes = notes.value.trim();
    this.#dialog.close();
    [keyChange.value, notes.value] = ["0", ""];
    ask(this.#key, body, this.#song);
  }
}

/** A UUID, also where the page did not come over HTTPS (crypto.randomUUID is missing there). */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20].map((at, n, all) => hex.slice(at, all[n + 1])).join("-");
}
