// The heart of a song in its sheet: pressed, the song is kept in the key that stands there.

import { $, setText } from "../common/dom.js";
import { say } from "../common/words.js";

export class Heart {
  #button = $("#heart");
  #favorites;
  #key;
  #song = {};

  /** `key` is the field of the sheet that holds the key. */
  constructor(favorites, key) {
    [this.#favorites, this.#key] = [favorites, key];
    this.#button.addEventListener("click", () => this.#turn());
    key.addEventListener("change", () => this.#isKept && this.#keep());
    favorites.addEventListener("change", () => this.#draw());
  }

  get #isKept() {
    return this.#favorites.of(this.#song) !== null;
  }

  /** The key in which the singer likes a song; 0 where they have not said. */
  keyOf(song) {
    return this.#favorites.of(song)?.keyChange ?? 0;
  }

  show(song) {
    this.#song = song;
    this.#draw();
  }

  #draw() {
    this.#button.hidden = !this.#favorites.isOn;
    this.#button.ariaPressed = String(this.#isKept);
    setText(this.#button, say(this.#isKept ? "favored" : "favor"));
  }

  #turn() {
    return this.#isKept ? this.#tell(this.#favorites.drop(this.#song)) : this.#keep();
  }

  #keep() {
    return this.#tell(this.#favorites.keep(this.#song, Number(this.#key.value)));
  }

  #tell(done) {
    setText($("#error"), "");
    return done.catch(() => setText($("#error"), say("favor_failed")));
  }
}
