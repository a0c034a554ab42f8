// What the venue is called, and where it is: on every page, and where people look for one near them. Its own address,
// which every printed code has, is changed apart.

import { el, isolated } from "../../common/dom.js";
import { say } from "../../common/words.js";
import { wrong } from "../../common/wrong.js";
import { field, form, Said, sureButton } from "./parts.js";

const LENGTHS = { name: 100, address: 200, city: 200 };
const ADDRESS_MAX = 60;

export function open({ node, session, venue }) {
  const path = `/v1/customer/venues/${venue.id}`;
  node.replaceChildren(...aboutIt(session, path, venue), ...itsAddress(session, path, venue));
}

function aboutIt(session, path, venue) {
  const said = new Said();
  const inputs = Object.entries(LENGTHS).map(([name, maxLength]) =>
    el("input", { name, maxLength, value: venue[name] ?? "", required: name === "name", dir: "auto", autocomplete: "off" }),
  );
  let before = venue;
  // Only what was changed here: another host may have changed the rest.
  const save = async () => {
    const given = inputs.map(({ name, value }) => [name, value.trim()]);
    const body = Object.fromEntries(given.filter(([name, value]) => value !== (before[name] ?? "")));
    const saved = await said.during(() => session.call("PATCH", path, { body }), say("saved"));
    if (saved) before = { ...before, ...body };
  };
  return [form(save, say("save"), ...inputs.map((input) => field(say(`venue_${input.name}`), input))), said.node];
}

function itsAddress(session, path, venue) {
  let { urlName } = venue;
  const said = new Said();
  const input = el("input", { value: urlName, maxLength: ADDRESS_MAX, dir: "ltr", spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  said.node.id = "address-said";
  input.setAttribute("aria-describedby", said.node.id);

  function tell(text, isWrong = false) {
    said.say(text, isWrong ? "bad" : "good");
    input.ariaInvalid = isWrong ? "true" : null;
  }

  async function move() {
    if (input.value === urlName) return;
    try {
      const body = { urlName: input.value.trim().toLowerCase() };
      ({ urlName } = await session.call("PATCH", path, { body }));
      input.value = urlName;
      tell(say("address_new", { address: isolated(`/v/${urlName}`) }));
    } catch (problem) {
      const words = { 409: "address_taken", 422: "address_unfit" }[problem.status];
      tell(words ? say(words) : wrong(problem), true);
      input.focus();
    }
  }

  input.addEventListener("input", () => tell(""));
  const go = sureButton(say("new_qr"), say("new_qr_sure"), move);
  const fields = el("div", { className: "fields" }, field(say("address_label"), input), el("p", { className: "doors" }, go));
  return [el("h3", {}, say("address_title")), el("p", {}, say("address_about")), fields, said.node];
}
