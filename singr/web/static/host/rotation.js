// Who sings now and who comes next, where the house keeps the order: chosen here, decided by the server.

import { $, isolated, setText } from "../common/dom.js";
import { say } from "../common/words.js";

export class Rotation {
  #session;
  #queue;
  #announce;
  #path = "";
  #told = null;

  constructor(session, queue, announce) {
    [this.#session, this.#queue, this.#announce] = [session, queue, announce];
    $("#preset").addEventListener("change", ({ target }) => this.#change({ preset: target.value }));
    $("#lock").addEventListener("click", () => this.toggle());
  }

  open(venueId) {
    this.#path = `/v1/customer/venues/${venueId}/rotation`;
  }

  /** `told` is the venue's rotation as its stream tells it; null where somebody else keeps the order. */
  show(told) {
    this.#told = told;
    $("#preset").value = told?.preset ?? "off";
    $("#rotation").hidden = !told;
    this.#queue.arrange(told);
    if (!told) return;
    const { now, locked } = told;
    setText($("#singing"), now ? `${isolated(now.singerName)}, ${isolated(now.title)}` : say("nobody_yet"));
    $("#lock").ariaPressed = locked !== null;
    $("#lock").disabled = told.order.length === 0;
    setText($("#lock"), say(locked === null ? "lock" : "locked"));
  }

  /** Holds on to who is next, or lets the order decide again. */
  toggle() {
    if (!this.#told?.order.length) return;
    this.#change({ locked: this.#told.locked === null ? this.#told.order[0] : null });
  }

  async #change(body) {
    try {
      const { locked, preset } = await this.#session.call("PATCH", this.#path, { body });
      if ("locked" in body) this.#announce(say(locked === null ? "order_decides" : "locked"));
      else setText($("#saved"), say(preset === "off" ? "saved_off" : "saved"));
    } catch {
      this.show(this.#told);
      this.#announce(say("not_done"));
    }
  }
}
