// What a host sets at a venue: open or closed, what others see, the message. Each saves alone and says so.

import { $, setText } from "../common/dom.js";
import { askOnce } from "../common/sure.js";

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
      setText($("#saved"), "Saved");
    } catch (problem) {
      setText($("#saved"), `Not saved: ${problem.status ? problem.message : "no answer from the server"}`);
    }
  }

  /** Opens or closes the venue for requests. */
  turn() {
    return this.#save({ acceptingRequests: $("#turn").dataset.open !== "true" });
  }
}

/** The button that opens and closes; it asks once. */
export function offerTurn(act) {
  askOnce($("#turn"), () => ($("#turn").dataset.open === "true" ? "Close? Press again" : "Open? Press again"), act);
}

/** What others see of the queue now; a choice under somebody's hand stays. */
export function showPrivacy(queuePrivacy) {
  if (document.activeElement !== $("#privacy")) $("#privacy").value = queuePrivacy;
}

/** Open or closed, as the venue is now. */
export function showOpen(isOpen) {
  const button = $("#turn");
  $("#state").dataset.open = isOpen;
  setText($("#state"), isOpen ? "REQUESTS OPEN" : "REQUESTS CLOSED");
  if (button.dataset.open === String(isOpen)) return;
  button.dataset.open = isOpen;
  button.textContent = isOpen ? "Close" : "Open";
}
