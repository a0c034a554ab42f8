// The link for a tablet that many share.

import { el } from "../../common/dom.js";
import { button, Said, sureButton } from "./parts.js";

export function open({ node, session, venue }) {
  const said = new Said();
  const path = `/v1/customer/venues/${venue.id}/kiosk`;
  const body = el("div", { className: "stack" });

  /** Phones and tablets reach us by the address that the QR code has. */
  const whole = (link) => new URL(link, document.querySelector("#link").href || location.href).href;

  function show(link) {
    if (!link) return body.replaceChildren(el("p", {}, "There is no link now."), button("Make a link", make, { className: "go" }));
    const text = el("input", { readOnly: true, value: whole(link), ariaLabel: "The link", on: { focus: () => text.select() } });
    const copy = button("Copy", () => navigator.clipboard?.writeText(text.value).then(() => said.say("Copied."), () => text.select()));
    const anew = sureButton("New link", "The old one stops. Press again", make);
    const revoke = sureButton("Revoke", "Revoke? Press again", drop);
    const go = el("a", { href: link, target: "_blank", rel: "noopener" }, "Open it here");
    return body.replaceChildren(text, el("p", { className: "doors" }, copy, anew, revoke, go));
  }

  async function ask(method, done) {
    const told = await said.during(() => session.call(method, path), done);
    if (told !== undefined) show(told?.path);
  }

  const make = () => ask("POST", "Open it on the tablet.");
  const drop = () => ask("DELETE", "Revoked: the tablets show nothing any more.");

  const about = "A tablet on the bar opens the singer page by this link. It forgets the name after each request, and whoever asks there counts as somebody new.";
  node.replaceChildren(el("p", {}, about), body, said.node);
  ask("GET");
}
