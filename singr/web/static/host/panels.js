// What is not needed every minute lies in panels of its own, fetched when one is opened first.

import { $, isolated, setText } from "../common/dom.js";
import { say } from "../common/words.js";

export class Panels {
  #session;
  #venue = null;
  #stop = null;
  #turn = 0;

  constructor(session) {
    this.#session = session;
    for (const button of this.#buttons) button.addEventListener("click", () => this.show(button.name));
    $("#panels").addEventListener("close", () => this.#leave());
  }

  get #buttons() {
    return [...document.querySelectorAll("#panels nav button")];
  }

  open(venue) {
    this.#venue = venue;
  }

  close() {
    $("#panels").close();
  }

  /** Opens the panel of this name. */
  async show(name) {
    const turn = ++this.#turn;
    const button = this.#buttons.find((each) => each.name === name);
    for (const each of this.#buttons) each.ariaCurrent = each === button ? "page" : null;
    this.#leave();
    setText($("#panel-title"), button.textContent);
    if (!$("#panels").open) $("#panels").showModal();
    button.scrollIntoView({ block: "nearest", inline: "center" });
    const [panel, venue] = await Promise.all([this.#fetch(button.value), this.#look()]);
    if (turn !== this.#turn || !$("#panels").open) return;
    setText($("#panel-venue"), isolated(venue.name));
    if (panel) this.#stop = panel.open({ node: $("#panel"), session: this.#session, venue });
    else setText($("#panel"), say("no_answer"));
  }

  #fetch(address) {
    return import(address).catch(() => null);
  }

  /** The venue as it is now, else as we knew it. */
  #look() {
    return this.#session.call("GET", `/v1/customer/venues/${this.#venue.id}`).catch(() => this.#venue);
  }

  /** What a panel gives to be stopped by is called, and nothing of it stays. */
  #leave() {
    if (typeof this.#stop === "function") this.#stop();
    this.#stop = null;
    $("#panel").replaceChildren();
  }
}
