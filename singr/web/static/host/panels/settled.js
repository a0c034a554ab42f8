// What was decided: found again, and put back where it was.

import { ago } from "../../common/ago.js";
import { el } from "../../common/dom.js";
import { say } from "../../common/words.js";
import { settledHow } from "../row.js";
import { button, fill, Said, sureButton } from "./parts.js";

const SHOWN = 30;
const TONIGHT_MS = 18 * 3600_000;

export function open({ node, session, venue }) {
  const said = new Said();
  const list = el("ul", { className: "lines" });
  const find = el("input", { type: "search", placeholder: say("find"), ariaLabel: say("find") });

  async function look() {
    const query = new URLSearchParams({ venueId: venue.id, status: "all", order: "newest", limit: 100 });
    query.set("from", new Date(Date.now() - TONIGHT_MS).toISOString());
    if (find.value.trim()) query.set("q", find.value.trim());
    const page = await said.during(() => session.call("GET", `/v1/customer/requests?${query}`), said.node.textContent);
    const settled = (page?.items ?? []).filter((request) => request.status !== "pending");
    fill(list, settled.slice(0, SHOWN).map(row), say("nothing_decided"));
  }

  async function putBack({ id, singerName, title }) {
    const done = await said.during(() => session.call("POST", `/v1/customer/requests/${id}/restore`));
    if (done) said.say(say("back_in_queue", { name: singerName, title }));
    await look();
  }

  function row(request) {
    const { singerName, title, status, processedAt } = request;
    const how = say("settled_when", { how: settledHow(request), ago: ago(processedAt) });
    const what = el("span", { dir: "auto" }, el("b", { dir: "auto" }, singerName), ` ${title}`);
    const back = status === "withdrawn" ? null : button(say("put_back"), () => putBack(request), { ariaLabel: say("put_back_who", { name: singerName, title }) });
    return el("li", {}, what, el("small", {}, how), back);
  }

  async function clear() {
    const done = await said.during(() => session.call("POST", "/v1/customer/requests/clear", { body: { venueId: venue.id } }));
    if (done) said.say(say("cleared", { n: done.cleared }));
    await look();
  }

  const table = el("a", { href: `/v1/customer/requests/export.csv?venueId=${venue.id}`, download: "requests.csv" }, say("all_as_table"));
  const end = sureButton(say("clear"), say("clear_sure"), clear);
  find.addEventListener("change", look);
  node.replaceChildren(find, list, said.node, el("h3", {}, say("night_ends")), el("p", { className: "doors" }, end, table));
  look();
}
