// Song books: the systems, the one this venue sings from, and files on their way into a book.

import { el } from "../../common/dom.js";
import { importing } from "./importing.js";
import { button, field, fill, form, Said, sureButton } from "./parts.js";

const PATH = "/v1/customer/systems";
const number = new Intl.NumberFormat(document.documentElement.lang);

export function open(at) {
  const { node, session, venue } = at;
  const said = new Said();
  const list = el("ul", { className: "lines" });
  const name = el("input", { required: true, maxLength: 100, autocomplete: "off", dir: "auto" });
  const files = importing(at, look);
  let current = venue.currentSystemId;

  async function look() {
    const page = await said.during(() => session.call("GET", `${PATH}?limit=100`), said.node.textContent);
    if (!page) return;
    fill(list, page.items.map(row), "No system yet: OpenKJ brings one with its first sync.");
    files.offer(page.items, current);
  }

  async function act(work, done) {
    await said.during(work, done);
    await look();
  }

  const use = (system) =>
    act(async () => {
      await session.call("PATCH", `/v1/customer/venues/${venue.id}`, { body: { currentSystemId: system.id } });
      current = system.id;
    }, `${venue.name} sings from ${system.name} now.`);

  const remove = (system) => act(() => session.call("DELETE", `${PATH}/${system.id}?confirm`), `${system.name} is gone.`);

  function rename(system, line) {
    const to = el("input", { value: system.name, maxLength: 100, dir: "auto", ariaLabel: "New name" });
    const send = async (event) => {
      event.preventDefault();
      await act(() => session.call("PATCH", `${PATH}/${system.id}`, { body: { name: to.value.trim() } }), "Renamed");
    };
    line.replaceChildren(el("form", { className: "inline", on: { submit: send } }, to, el("button", {}, "Save")));
    to.focus();
  }

  function row(system) {
    const isUsed = system.id === current;
    const facts = `${number.format(system.songs)} songs, number ${system.id}${isUsed ? ", used here" : ""}`;
    const line = el("li", { className: isUsed ? "on" : "" });
    line.append(
      el("span", { dir: "auto" }, el("b", { dir: "auto" }, system.name)),
      el("small", {}, facts),
      ...(isUsed ? [] : [button("Use here", () => use(system))]),
      button("Rename", () => rename(system, line)),
      ...(isUsed ? [] : [sureButton("Remove", `Remove ${number.format(system.songs)} songs? Press again`, () => remove(system))]),
    );
    return line;
  }

  const add = () =>
    act(async () => {
      await session.call("POST", PATH, { body: { name: name.value.trim() } });
      name.value = "";
    }, "Added");

  node.replaceChildren(list, form(add, "Add", field("Another system", name)), said.node, ...files.nodes);
  look();
  return () => files.stop();
}
