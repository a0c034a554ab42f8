// The link for a tablet that many share.

import { el } from "../../common/dom.js";
import { say } from "../../common/words.js";
import { button, Said, sureButton } from "./parts.js";

export function open({ node, session, venue }) {
  const said = new Said();
  const path = `/v1/customer/venues/${venue.id}/kiosk`;
  const body = el("div", { className: "stack" });

  /** Phones and tablets reach us by the address that the QR code has. */
  const whole = (link) => new URL(link, document.querySelector("#link").href || location.href).href;

  function show(link) {
    if (!link) return body.replaceChildren(el("p", {}, say("no_link")), button(say("make_link"), make, { className: "go" }));
    const text = el("input", { readOnly: true, value: whole(link), ariaLabel: say("the_link"), on: { focus: () => text.select() } });
    const copy = button(say("copy"), () => navigator.clipboard?.writeText(text.value).then(() => said.say(say("copied")), () => text.select()));
    const anew = sureButton(say("new_link"), say("new_link_sure"), make);
    const revoke = sureButton(say("revoke"), say("revoke_sure"), drop);
    const go = el("a", { href: link, target: "_blank", rel: "noopener" }, say("open_here"));
    return body.replaceChildren(text, el("p", { className: "doors" }, copy, anew, revoke, go));
  }

  async function ask(method, done) {
    const told = await said.during(() => session.call(method, path), done);
    if (told !== undefined) show(told?.path);
  }

  const make = () => ask("POST", say("link_made"));
  const drop = () => ask("DELETE", say("link_revoked"));

  node.replaceChildren(el("p", {}, say("kiosk_about")), body, said.node);
  ask("GET");
}
