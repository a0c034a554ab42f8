// What a host sets at a venue: open or closed, what others see, the message. Each saves alone and says so.

import { $, setText } from "../common/dom.js";
import { askOnce } from "../common/sure.js";
import { say } from "../common/words.js";
import { wrong } from "../common/wrong.js";

export class Settings {
  #session;
  #id;

  /** `venue` as the API shows it to its host. */
  constructor(session, venue) {
    [this.#session, this.#id] = [session, venue.id];
    $("#privacy").value = venue.queuePrivacy;
    $("#message").value = venue.message ?? "";
    $("#privacy").onchange = ({ target }) => this.#save({ queuePrivacy: target.value });
    $("#message").onchange = ({ target }) => this.#save({ message: target.value.trim() });
    $("#message-form").onsubmit = (event) => {
      event.preventDefault();
      $("#message").blur();
    };
    setText($("#saved"), "");
  }

  async #save(change) {
    try {
      await this.#session.call("PATCH", `/v1/customer/venues/${this.#id}`, { body: change });
      setText($("#saved"), say("saved"));
    } catch (problem) {
      setText($("#saved"), say("not_saved", { why: wrong(problem) }));
    }
  }

  /** Opens or closes the venue for requests. */
  turn() {
    return this.#save({ acceptingRequests: $("#turn").dataset.open !== "true" });
  }
}

/** The button that opens and closes; it asks once. */
export function offerTurn(act) {
  askOnce($("#turn"), () => say($("#turn").dataset.open === "true" ? "close_sure" : "open_sure"), act);
}

/** What others see of the queue now; a choice under somebody's hand stays. */
export function showPrivacy(queuePrivacy) {
  if (document.activeElement !== $("#privacy")) $("#privacy").value = queuePrivacy;
}

/** Open or closed, as the venue is now. */
export function showOpen(isOpen) {
  const button = $("#turn");
  $("#state").dataset.open = isOpen;
  setText($("#state"), say(isOpen ? "is_open" : "is_closed"));
  if (button.dataset.open === String(isOpen)) return;
  button.dataset.open = isOpen;
  button.textContent = say(isOpen ? "turn_close" : "turn_open");
}
