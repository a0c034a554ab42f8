// API keys: what OpenKJ and other programs sign in with. A key is shown once.

import { ago } from "../../common/ago.js";
import { el } from "../../common/dom.js";
import { knows, say } from "../../common/words.js";
import { button, choice, field, fill, form, Said, sureButton } from "./parts.js";

const PATH = "/v1/customer/api-keys";
const SCOPES = { both: say("scope_both"), requests: say("scope_requests"), songs: say("scope_songs") };

export function open({ node, session }) {
  const said = new Said();
  const list = el("ul", { className: "lines" });
  const once = el("div", { className: "once", hidden: true });
  const description = el("input", { required: true, maxLength: 100, placeholder: say("key_hint"), autocomplete: "off" });
  const scopes = choice(SCOPES);

  async function look() {
    const page = await said.during(() => session.call("GET", `${PATH}?limit=100`), said.node.textContent);
    if (page) fill(list, page.items.map(row), say("no_key"));
  }

  function showOnce({ key, description: what }) {
    const text = el("input", { readOnly: true, value: key, ariaLabel: say("the_new_key"), on: { focus: () => text.select() } });
    const copy = button(say("copy"), () => navigator.clipboard?.writeText(key).then(() => said.say(say("copied")), () => text.select()));
    const hide = button(say("have_it"), () => {
      once.hidden = true;
      once.replaceChildren();
    });
    once.replaceChildren(el("p", {}, say("key_once", { name: what })), text, copy, hide);
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
    const made = await said.during(() => session.call("POST", `${PATH}/${id}/rotate`), say("rotated"));
    if (made) showOnce(made);
    await look();
  }

  async function turn({ id }, status, done) {
    await said.during(() => session.call("PATCH", `${PATH}/${id}`, { body: { status } }), done);
    await look();
  }

  async function revoke({ id }) {
    await said.during(() => session.call("POST", `${PATH}/${id}/revoke`), say("key_revoked"));
    await look();
  }

  function row(key) {
    const used = key.lastUsedAt ? say("used", { ago: ago(key.lastUsedAt) }) : say("never_used");
    const status = knows(`status_${key.status}`) ? say(`status_${key.status}`) : key.status;
    const may = key.scopes.length > 1 ? SCOPES.both : (SCOPES[key.scopes[0]] ?? "");
    const facts = [`${key.prefix ?? ""}…`, may, key.status === "active" ? used : status];
    const what = el("span", { dir: "auto" }, el("b", { dir: "auto" }, key.description ?? say("unnamed")));
    const end = sureButton(say("revoke"), say("revoke_sure"), () => revoke(key));
    const acts = {
      active: [
        sureButton(say("rotate"), say("rotate_sure"), () => rotate(key)),
        sureButton(say("suspend"), say("suspend_sure"), () => turn(key, "suspended", say("suspended"))),
        end,
      ],
      suspended: [button(say("resume"), () => turn(key, "active", say("resumed"))), end],
    };
    return el("li", { className: key.status === "active" ? "" : "off" }, what, el("small", {}, facts.join(" · ")), el("div", { className: "doors" }, ...(acts[key.status] ?? [])));
  }

  const fields = [field(say("what_for"), description), field(say("may_do"), scopes)];
  node.replaceChildren(once, list, el("h3", {}, say("new_key")), form(issue, say("issue"), ...fields), said.node);
  look();
}
