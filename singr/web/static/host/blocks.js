// Who may not ask tonight: a singer is blocked from the details of a request, and let back in from the list.

import { $, el, isolated, setText } from "../common/dom.js";
import { askOnce } from "../common/sure.js";
import { say } from "../common/words.js";

export class Blocks {
  #session;
  #announce;
  #path = "";
  #request = null;

  constructor(session, announce) {
    [this.#session, this.#announce] = [session, announce];
    askOnce($("#block"), () => say("block_sure"), () => this.#block());
  }

  open(venueId) {
    this.#path = `/v1/customer/venues/${venueId}/blocks`;
    this.#look();
  }

  /** The request whose singer the button in its details is about. */
  about(request) {
    this.#request = request;
    setText($("#block-said"), "");
  }

  async #block() {
    const { id, singerName } = this.#request;
    const done = await this.#try(() => this.#session.call("POST", this.#path, { body: { requestId: id } }));
    setText($("#block-said"), done ? say("blocked_now", { name: isolated(singerName) }) : say("not_done"));
    this.#announce($("#block-said").textContent);
    await this.#look();
  }

  async #lift({ id, singerName }) {
    const done = await this.#try(() => this.#session.call("DELETE", `${this.#path}/${id}`));
    this.#announce(done ? say("lifted", { name: isolated(singerName) }) : say("not_done"));
    await this.#look();
  }

  async #look() {
    await this.#try(async () => this.#show((await this.#session.call("GET", `${this.#path}?limit=100`)).items));
  }

  #show(blocks) {
    $("#blocked").hidden = blocks.length === 0;
    const rows = blocks.map((block) => {
      const label = say("lift_who", { name: block.singerName });
      const lift = el("button", { type: "button", ariaLabel: label, on: { click: () => this.#lift(block) } }, say("lift"));
      return el("li", {}, el("span", { dir: "auto" }, block.singerName || say("a_phone")), lift);
    });
    $("#blocked-list").replaceChildren(...rows);
  }

  #try(act) {
    return act().then(() => true, () => false);
  }
}
