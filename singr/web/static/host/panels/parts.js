// What the panels are made of: calls that say what went wrong, labelled fields, lists that can be empty.

import { el, setText } from "../../common/dom.js";
import { askOnce } from "../../common/sure.js";
import { wrong } from "../../common/wrong.js";

/** A line that says what became of the last action; `during(act)` gives what `act` gave, or undefined. */
export class Said {
  node = el("p", { className: "said", role: "status" });

  say(text, tone = "good") {
    this.node.dataset.tone = tone;
    setText(this.node, text);
  }

  async during(act, done = "") {
    try {
      const given = await act();
      this.say(done);
      return given ?? null;
    } catch (problem) {
      this.say(wrong(problem), "bad");
      return undefined;
    }
  }
}

/** A field under its label. */
export function field(label, control) {
  return el("label", { className: control.type === "checkbox" ? "tick" : "" }, el("span", {}, label), control);
}

export function choice(options, value = "") {
  const select = el("select", {}, ...Object.entries(options).map(([key, text]) => el("option", { value: key }, text)));
  if (value) select.value = value;
  return select;
}

export const button = (label, act, given = {}) => el("button", { type: "button", on: { click: act }, ...given }, label);

/** A button that asks once. */
export function sureButton(label, question, act) {
  const made = el("button", { type: "button" }, label);
  askOnce(made, () => question, act);
  return made;
}

/** A form whose button waits for the answer. */
export function form(act, label, ...children) {
  const go = el("button", { className: "go" }, label);
  const submit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    await act();
    go.disabled = false;
  };
  return el("form", { className: "fields", on: { submit } }, ...children, go);
}

/** Shows `rows` in `list`, or `none` in words. */
export function fill(list, rows, none) {
  list.replaceChildren(...(rows.length ? rows : [el("li", { className: "none" }, none)]));
}
