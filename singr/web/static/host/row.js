// One request in the queue. Its node stays as long as the request does.

import { secondsSince, span } from "../common/ago.js";
import { el, isolated, setText } from "../common/dom.js";

const SETTLED = { processed: "Accepted", rejected: "Rejected", withdrawn: "Withdrawn" };

/** A key change with a true minus sign. */
export const keyText = (keyChange) => `${keyChange > 0 ? "+" : "−"}${Math.abs(keyChange)}`;

const SUFFIXES = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinals = new Intl.PluralRules("en", { type: "ordinal" });
const ordinal = (n) => `${n}${SUFFIXES[ordinals.select(n)]}`;

/** In `line` only what says something: three hundred rows stand on the page. */
function keepFilled(line, first, ...rest) {
  const wanted = [first, ...rest.filter((node) => node.textContent)];
  if (wanted.length !== line.childElementCount || wanted.some((node) => node.parentNode !== line)) line.replaceChildren(...wanted);
}

export class Row {
  #name = el("b", { dir: "auto" });
  #wait = el("span");
  #turn = el("span", { className: "turn" });
  #also = el("span", { className: "also" });
  #title = el("b", { dir: "auto" });
  #artist = el("span", { dir: "auto" });
  #key = el("span", { className: "key" });
  #note = el("span", { className: "note", dir: "auto" });
  #asked = el("small");
  #song = el("small");
  #accept = el("button", { type: "button", className: "go", name: "accept" }, "Accept");
  #reject = el("button", { type: "button", name: "reject" }, "Reject");
  #gone = el("em");
  node = el(
    "li",
    { tabIndex: -1 },
    el("div", { className: "who" }, this.#name, this.#asked),
    el("div", { className: "what" }, this.#title, this.#song),
    this.#accept,
    this.#reject,
  );
  isGone = false;
  also = [];

  constructor(request) {
    this.node.dataset.id = request.id;
    this.show(request);
  }

  show(request) {
    this.request = request;
    const { singerName, title, artist, keyChange, notes } = request;
    setText(this.#name, singerName);
    setText(this.#title, title);
    setText(this.#artist, artist);
    setText(this.#key, keyChange ? `key ${keyText(keyChange)}` : "");
    setText(this.#note, notes ?? "");
    this.#accept.ariaLabel = `Accept ${singerName}, ${title}`;
    this.#reject.ariaLabel = `Reject ${singerName}, ${title}`;
    keepFilled(this.#song, this.#artist, this.#key, this.#note);
    this.#showAsked();
    this.tick();
  }

  /** Other names under which the same phone has asked. */
  showAlso(names) {
    this.also = names;
    setText(this.#also, names.length ? `also ${names.map(isolated).join(", ")}` : "");
    this.#showAsked();
  }

  /** Which of the singer's songs of tonight this is, and whether it comes next; null where nobody counts. */
  showTurn(turn, isNext) {
    setText(this.#turn, turn ? `${ordinal(turn)} tonight` : "");
    this.node.classList.toggle("up", isNext);
    this.#showAsked();
  }

  #showAsked() {
    keepFilled(this.#asked, this.#wait, this.#turn, this.#also);
  }

  tick() {
    setText(this.#wait, span(secondsSince(this.request.requestedAt)));
  }

  matches(text) {
    const { singerName, title, artist } = this.request;
    return `${singerName}\n${title}\n${artist}`.toLocaleLowerCase().includes(text);
  }

  /** Settled by somebody else while the rows must not move: it says how and stays until they may. */
  markGone(settled) {
    this.isGone = true;
    const how = settled?.processedVia === "openkj" ? "Taken in OpenKJ" : (SETTLED[settled?.status] ?? "No longer waiting");
    setText(this.#gone, how);
    this.node.classList.add("gone");
    this.#accept.replaceWith(this.#gone);
    this.#reject.remove();
  }
}
