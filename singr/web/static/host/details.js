// All that is known of one request, where nothing is cut off.

import { ago } from "../common/ago.js";
import { $, el, isolated, setText } from "../common/dom.js";
import { say } from "../common/words.js";
import { keyText } from "./row.js";

export function showDetails({ request, also }) {
  const { singerName, title, artist, keyChange, notes, requestNumber, requestedAt } = request;
  const facts = {
    singer: singerName,
    ...(also.length && { same_phone: also.map(isolated).join(", ") }),
    artist,
    key: keyChange ? keyText(keyChange) : say("as_recorded"),
    note: notes || say("none"),
    asked: say("asked_when", { ago: ago(requestedAt), number: requestNumber }),
  };
  setText($("#details-title"), title);
  const terms = Object.entries(facts).map(([term, text]) => [el("dt", {}, say(term)), el("dd", { dir: "auto" }, text)]);
  $("#details-list").replaceChildren(...terms.flat());
  $("#details").showModal();
}
