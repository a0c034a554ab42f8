// What the venue is called, and where it is: on every page, and where people look for one near them.

import { el } from "../../common/dom.js";
import { say } from "../../common/words.js";
import { field, form, Said } from "./parts.js";

const LENGTHS = { name: 100, address: 200, city: 200 };

export function open({ node, session, venue }) {
  const said = new Said();
  const inputs = Object.entries(LENGTHS).map(([name, maxLength]) =>
    el("input", { name, maxLength, value: venue[name] ?? "", required: name === "name", dir: "auto", autocomplete: "off" }),
  );
  let before = venue;
  // Only what was changed here: another host may have changed the rest.
  const save = async () => {
    const given = inputs.map(({ name, value }) => [name, value.trim()]);
    const body = Object.fromEntries(given.filter(([name, value]) => value !== (before[name] ?? "")));
    const saved = await said.during(() => session.call("PATCH", `/v1/customer/venues/${venue.id}`, { body }), say("saved"));
    if (saved) before = { ...before, ...body };
  };
  node.replaceChildren(form(save, say("save"), ...inputs.map((input) => field(say(`venue_${input.name}`), input))), said.node);
}
