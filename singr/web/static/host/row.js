// One request in the queue. Its node stays as long as the request does.

import { secondsSince, span } from "../common/ago.js";
import { el, isolated, setText } from "../common/dom.js";
import { knows, say } from "../common/words.js";

/** A key change with a true minus sign. */
export const keyText = (keyChange) => `${keyChange > 0 ? "+" : "−"}${Math.abs(keyChange)}`;

/** How a request was settled, in a word. */
export function settledHow({ processedVia, status } = {}) {
  if (processedVia === "openkj") return say("taken");
  return say(knows(`settled_${status}`) ? `settled_${status}` : "settled");
}

/** In `line` only what says something: three hundred rows stand on the page. */
function keepFilled(line, first, ...rest) {
  const wanted = [first, ...rest.filter((node) => node.textContent)];
  if (wanted.length !== line.childElementCount || wanted.some((node) => node.parentNode !== line)) line.replaceChildren(...wanted);
}

export class Row {
  #name = el("b", { dir: "auto" });
  #wait = el("span");
  #turn = el("span", { className: "turn" });
  #next = el("span", { className: "next" });
  #also = el("span", { className: "also" });
  #title = el("b", { dir: "auto" });
  #artist = el("span", { dir: "auto" });
  #key = el("span", { className: "key" });
  #note = el("span", { className: "note", dir: "auto" });
  #asked = el("small");
  #song = el("small");
  #again = el("span", { className: "again" });
  #accept = el("button", { type: "button", className: "go", name: "accept" }, say("accept"));
  #reject = el("button", { type: "button", name: "reject" }, say("reject"));
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
    setText(this.#key, keyChange ? say("key_is", { key: keyText(keyChange) }) : "");
    setText(this.#note, notes ?? "");
    this.#accept.ariaLabel = say("accept_who", { name: singerName, title });
    this.#reject.ariaLabel = say("reject_who", { name: singerName, title });
    this.#showSong();
    this.#showAsked();
    this.tick();
  }

  /** That the same song was sung or asked for before, and when; empty where it was not. */
  showAgain(text) {
    setText(this.#again, text);
    this.#showSong();
  }

  #showSong() {
    keepFilled(this.#song, this.#artist, this.#key, this.#again, this.#note);
  }

  /** Other names under which the same phone has asked. */
  showAlso(names) {
    this.also = names;
    setText(this.#also, names.length ? say("also", { names: names.map(isolated).join(", ") }) : "");
    this.#showAsked();
  }

  /** Which of the singer's songs of tonight this is, and whether it comes next; null where nobody counts. */
  showTurn(turn, isNext) {
    setText(this.#turn, turn ? say("turn", { n: turn }) : "");
    this.node.classList.toggle("up", isNext);
    setText(this.#next, isNext ? say("next") : "");
    this.#showAsked();
  }

  #showAsked() {
    keepFilled(this.#asked, this.#wait, this.#next, this.#turn, this.#also);
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
    setText(this.#gone, settledHow(settled ?? undefined));
    this.node.classList.add("gone");
    this.#accept.replaceWith(this.#gone);
    this.#reject.remove();
  }
}
