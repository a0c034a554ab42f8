// API keys: what OpenKJ and other programs sign in with. A key is shown once.

import { secondsSince, span } from "../../common/ago.js";
import { el } from "../../common/dom.js";
import { button, choice, field, fill, form, Said, sureButton } from "./parts.js";

const PATH = "/v1/customer/api-keys";
const SCOPES = { both: "all that OpenKJ does", requests: "requests only", songs: "songs only" };

export function open({ node, session }) {
  const said = new Said();
  const list = el("ul", { className: "lines" });
  const once = el("div", { className: "once", hidden: true });
  const description = el("input", { required: true, maxLength: 100, placeholder: "OpenKJ laptop", autocomplete: "off" });
  const scopes = choice(SCOPES);

  async function look() {
    const page = await said.during(() => session.call("GET", `${PATH}?limit=100`), said.node.textContent);
    if (page) fill(list, page.items.map(row), "No key yet.");
  }

  function showOnce({ key, description: what }) {
    const text = el("input", { readOnly: true, value: key, ariaLabel: "The new key", on: { focus: () => text.select() } });
    const copy = button("Copy", () => navigator.clipboard?.writeText(key).then(() => said.say("Copied."), () => text.select()));
    const hide = button("I have it", () => {
      once.hidden = true;
      once.replaceChildren();
    });
    once.replaceChildren(el("p", {}, `The key “${what}”. It is shown now and never again:`), text, copy, hide);
    once.hidden = false;
    text.focus();
  }

  async function issue() {
    const chosen = scopes.value === "both" ? {} : { scopes: [scopes.value] };
    const body = { description: description.value.trim(), ...chosen };
    const made = await said.during(() => session.call("POST", PATH, { body }));
    if (!made) return;
    description.value = "";
    showOnce(made);
    await look();
  }

  async function rotate({ id }) {
    const made = await said.during(() => session.call("POST", `${PATH}/${id}/rotate`), "The old key works for ten more minutes.");
    if (made) showOnce(made);
    await look();
  }

  async function turn({ id }, status, done) {
    await said.during(() => session.call("PATCH", `${PATH}/${id}`, { body: { status } }), done);
    await look();
  }

  async function revoke({ id }) {
    await said.during(() => session.call("POST", `${PATH}/${id}/revoke`), "Revoked: it opens nothing any more.");
    await look();
  }

  function row(key) {
    const used = key.lastUsedAt ? `used ${span(secondsSince(key.lastUsedAt))} ago` : "never used";
    const facts = [`${key.prefix ?? ""}…`, key.scopes.join(" and "), key.status === "active" ? used : key.status];
    const what = el("span", { dir: "auto" }, el("b", { dir: "auto" }, key.description ?? "without a name"));
    const end = sureButton("Revoke", "Revoke? Press again", () => revoke(key));
    const acts = {
      active: [
        sureButton("Rotate", "New key? Press again", () => rotate(key)),
        sureButton("Suspend", "Suspend? Press again", () => turn(key, "suspended", "Suspended: it opens nothing until it is resumed.")),
        end,
      ],
      suspended: [button("Resume", () => turn(key, "active", "It works again.")), end],
    };
    return el("li", { className: key.status === "active" ? "" : "off" }, what, el("small", {}, facts.join(" · ")), ...(acts[key.status] ?? []));
  }

  const fields = [field("What is it for?", description), field("It may do", scopes)];
  node.replaceChildren(once, list, el("h3", {}, "New key"), form(issue, "Issue", ...fields), said.node);
  look();
}
