// Song books: the systems, the one this venue sings from, and files on their way into a book.

import { el } from "../../common/dom.js";
import { LOCALE, say } from "../../common/words.js";
import { importing } from "./importing.js";
import { button, field, fill, form, Said, sureButton } from "./parts.js";

const PATH = "/v1/customer/systems";
const number = new Intl.NumberFormat(LOCALE);
const songs = (n) => say("songs", { n, count: number.format(n) });

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
    fill(list, page.items.map(row), say("no_system"));
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
    }, say("sings_from", { venue: venue.name, book: system.name }));

  const remove = (system) => act(() => session.call("DELETE", `${PATH}/${system.id}?confirm`), say("book_gone", { book: system.name }));

  function rename(system, line) {
    const to = el("input", { value: system.name, maxLength: 100, dir: "auto", ariaLabel: say("new_name") });
    const send = async (event) => {
      event.preventDefault();
      await act(() => session.call("PATCH", `${PATH}/${system.id}`, { body: { name: to.value.trim() } }), say("renamed"));
    };
    line.replaceChildren(el("form", { className: "inline", on: { submit: send } }, to, el("button", {}, say("save"))));
    to.focus();
  }

  function row(system) {
    const isUsed = system.id === current;
    const facts = say(isUsed ? "book_used" : "book_facts", { songs: songs(system.songs), number: system.id });
    const line = el("li", { className: isUsed ? "on" : "" });
    line.append(
      el("span", { dir: "auto" }, el("b", { dir: "auto" }, system.name)),
      el("small", {}, facts),
      ...(isUsed ? [] : [button(say("use_here"), () => use(system))]),
      button(say("rename"), () => rename(system, line)),
      ...(isUsed ? [] : [sureButton(say("remove"), say("remove_sure", { songs: songs(system.songs) }), () => remove(system))]),
    );
    return line;
  }

  const add = () =>
    act(async () => {
      await session.call("POST", PATH, { body: { name: name.value.trim() } });
      name.value = "";
    }, say("added"));

  node.replaceChildren(list, form(add, say("add"), field(say("another_system"), name)), said.node, ...files.nodes);
  look();
  return () => files.stop();
}
