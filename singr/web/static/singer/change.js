// Changing a request that waits: its key, the name, the note, and the song it is for.

import { call } from "../common/api.js";
import { $, isolated, setText } from "../common/dom.js";
import { say } from "../common/words.js";

export class Change {
  #sheet;
  #changed;
  #swapping = null;

  /** `changed(request)` is told what the server has now. */
  constructor(sheet, changed) {
    [this.#sheet, this.#changed] = [sheet, changed];
    $("#swap-keep").addEventListener("click", () => {
      const back = this.#swapping?.back;
      this.#wait(null);
      back?.focus();
    });
  }

  /** The sheet for a request; `back` is focused afterwards. `song` is what it is to become. */
  open(request, token, back, song = request) {
    this.#wait(null);
    let isAgain = false;
    const save = async (given) => {
      const body = { ...given, ...(song !== request && { songId: song.id }), ...(isAgain && { allowDuplicate: true }) };
      try {
        this.#changed(await call("PATCH", `/v1/public/requests/${token}`, { body }));
      } catch (problem) {
        isAgain = problem.slug === "duplicate-request";
        return { again: isAgain, text: reason(problem) };
      }
      // Once the dialog has closed, which gives the focus to wherever it came from.
      setTimeout(() => back.focus());
      return null;
    };
    this.#sheet.change(request, song, { save, swap: () => this.#wait({ request, token, back }) });
  }

  /** A song was chosen; whether it was for a request that waits. */
  choose(song) {
    if (!this.#swapping) return false;
    const { request, token, back } = this.#swapping;
    this.open(request, token, back, song);
    return true;
  }

  /** The next song chosen takes the place of this request's. */
  #wait(swapping) {
    this.#swapping = swapping;
    $("#swapping").hidden = !swapping;
    if (!swapping) return;
    setText($("#swapping-words"), say("choose_instead", { title: isolated(swapping.request.title) }));
    $("#q").focus();
  }
}

function reason({ status, slug, message }) {
  if (!status) return say("change_failed");
  if (slug === "duplicate-request") return say("duplicate");
  return slug === "conflict" ? say("already_dealt") : say("not_changed", { reason: isolated(message) });
}
