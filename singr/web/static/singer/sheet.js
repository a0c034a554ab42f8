// The sheet in which one asks for a song, or changes a request that waits. A new request's key is made when it opens.

import { $, isolated, setText } from "../common/dom.js";
import { keep, kept } from "../common/store.js";
import { say } from "../common/words.js";
import { Heart } from "./heart.js";

export class Sheet {
  #dialog = $("#sheet");
  #form = $("#ask");
  #song = null;
  #key = "";
  #change = null;
  #tonight;
  #heart;

  /** `ask(key, body, song)` takes what the singer wants; `tonight` knows songs and names of tonight, `favorites` the singer's own. */
  constructor(ask, tonight, favorites) {
    this.#tonight = tonight;
    this.#heart = new Heart(favorites, this.#form.keyChange);
    favorites.addEventListener("change", () => (this.#form.singerName.value ||= favorites.nickname ?? ""));
    this.#form.singerName.addEventListener("input", () => this.#warn());
    tonight.addEventListener("change", () => this.#dialog.open && this.#warn());
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
    this.#dialog.addEventListener("close", () => this.#change && this.#fill({ singerName: kept("name", "") }));
    $("#swap").addEventListener("click", () => {
      const { swap } = this.#change;
      this.#dialog.close();
      swap();
    });
    if (this.#dialog.open) this.#upgrade();
  }

  open(song) {
    this.#change = null;
    this.#key = newKey();
    const keyChange = this.#heart.keyOf(song);
    // What was written for another song is not for this one.
    const notes = song.id === this.#song?.id ? this.#form.notes.value : "";
    this.#fill({ singerName: this.#form.singerName.value, keyChange, notes });
    $("details", this.#dialog).open = Boolean(keyChange || notes);
    this.#show(song);
    if (!this.#form.singerName.value) this.#form.singerName.focus();
  }

  /** `save(body)` changes the request and throws a Problem where it may not; `swap()` lets another song be chosen. */
  change(request, song, { save, swap }) {
    this.#change = { save, swap };
    this.#fill(request);
    this.#show(song);
    this.#form.keyChange.focus();
  }

  close() {
    this.#dialog.close();
  }

  #fill({ singerName, keyChange = 0, notes }) {
    Object.assign(this.#form.singerName, { value: singerName });
    Object.assign(this.#form.keyChange, { value: String(keyChange) });
    Object.assign(this.#form.notes, { value: notes ?? "" });
  }

  #show(song) {
    this.#song = song;
    setText($("#sheet-song"), song.title);
    setText($("#sheet-artist"), song.artist);
    setText($("#error"), "");
    setText($("#go"), say(this.#change ? "save" : "ask"));
    this.#dialog.toggleAttribute("data-changing", Boolean(this.#change));
    if (this.#change) $("details", this.#dialog).open = true;
    this.#warn();
    this.#heart.show(song);
    this.#dialog.toggleAttribute("data-away", song.isHere === false);
    this.#dialog.showModal();
  }

  /** What may make somebody think again. */
  #warn() {
    const name = this.#form.singerName.value.trim();
    setText($("#sheet-tags"), this.#change ? "" : this.#tonight.tags(this.#song).join(" · "));
    setText($("#namesake"), this.#tonight.hasNamesake(name) ? say("namesake", { name: isolated(name) }) : "");
  }

  /** The server opened it for a visitor whose script was not there yet. */
  #upgrade() {
    const { songId } = this.#form;
    this.#dialog.close();
    const [title, artist] = [$("#sheet-song").textContent, $("#sheet-artist").textContent];
    if (songId.value) this.open((this.#song = { id: Number(songId.value), title, artist }));
  }

  #submit(ask) {
    const { singerName, keyChange, notes } = this.#form;
    const name = singerName.value.trim();
    if (!name) {
      setText($("#error"), say("name_lacking"));
      return singerName.focus();
    }
    keep("name", name);
    const body = { singerName: name, keyChange: Number(keyChange.value) };
    if (this.#change) return this.#save({ ...body, notes: notes.value.trim() });
    if (notes.value.trim()) body.notes = notes.value.trim();
    this.#dialog.close();
    this.#fill({ singerName: name });
    return ask(this.#key, { ...body, songId: this.#song.id }, this.#song);
  }

  /** Stays open until the server has agreed, and says what it has against it. */
  async #save(body) {
    const { save } = this.#change;
    $("#go").disabled = true;
    const refusal = await save(body);
    $("#go").disabled = false;
    if (!refusal) return this.#dialog.close();
    setText($("#error"), refusal.text);
    if (refusal.again) setText($("#go"), say("ask_anyway"));
    return $("#go").focus();
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
