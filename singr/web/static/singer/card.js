// One of my requests on the page. The node stays; its words and buttons change.

import { el, setText } from "../common/dom.js";
import { askOnce } from "../common/sure.js";
import { say } from "../common/words.js";

/** A key change with a true minus sign. */
export const keyText = (keyChange) => `${keyChange > 0 ? "+" : "−"}${Math.abs(keyChange)}`;

export class Card {
  #title = el("b", { dir: "auto" });
  #artist = el("span", { dir: "auto" });
  #standing = el("p", { className: "standing" });
  #buttons = el("div", { className: "buttons" });
  #labels = "";
  node = el("li", { className: "card" }, el("div", {}, this.#title, this.#artist, this.#standing), this.#buttons);

  /** `actions`: [{label, act, sure}], `sure` a key of the words to ask with before acting. */
  show({ title, artist, keyChange, isNext = false, tone, text, actions }) {
    this.node.classList.toggle("next", isNext);
    setText(this.#title, title);
    setText(this.#artist, keyChange ? say("with_key", { artist, key: keyText(keyChange) }) : artist);
    setText(this.#standing, text);
    this.#standing.dataset.tone = tone;
    const labels = actions.map((action) => action.label).join();
    if (labels === this.#labels) return;
    this.#labels = labels;
    const hadFocus = this.#buttons.contains(document.activeElement);
    this.#buttons.replaceChildren(...actions.map(button));
    if (hadFocus) this.#buttons.firstElementChild?.focus({ preventScroll: true });
  }
}

function button({ label, act, sure }) {
  const made = el("button", { type: "button" }, say(label));
  if (sure) askOnce(made, () => say(sure), act);
  else made.addEventListener("click", act);
  return made;
}
