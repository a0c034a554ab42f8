// What was decided: found again, and put back where it was.

import { secondsSince, span } from "../../common/ago.js";
import { el } from "../../common/dom.js";
import { button, fill, Said, sureButton } from "./parts.js";

const SHOWN = 30;
const TONIGHT_MS = 18 * 3600_000;
const HOW = { processed: "Accepted", rejected: "Rejected", withdrawn: "Withdrawn" };

export function open({ node, session, venue }) {
  const said = new Said();
  const list = el("ul", { className: "lines" });
  const find = el("input", { type: "search", placeholder: "Find a name or song", ariaLabel: "Find a name or song" });

  async function look() {
    const query = new URLSearchParams({ venueId: venue.id, status: "all", order: "newest", limit: 100 });
    query.set("from", new Date(Date.now() - TONIGHT_MS).toISOString());
    if (find.value.trim()) query.set("q", find.value.trim());
    const page = await said.during(() => session.call("GET", `/v1/customer/requests?${query}`), said.node.textContent);
    const settled = (page?.items ?? []).filter((request) => request.status !== "pending");
    fill(list, settled.slice(0, SHOWN).map(row), "Nothing has been decided yet.");
  }

  async function putBack({ id, singerName, title }) {
    const done = await said.during(() => session.call("POST", `/v1/customer/requests/${id}/restore`));
    if (done) said.say(`Back in the queue: ${singerName}, ${title}`);
    await look();
  }

  function row(request) {
    const { singerName, title, status, processedVia, processedAt } = request;
    const how = `${processedVia === "openkj" ? "Taken in OpenKJ" : HOW[status]}, ${span(secondsSince(processedAt))} ago`;
    const what = el("span", { dir: "auto" }, el("b", { dir: "auto" }, singerName), ` ${title}`);
    const back = status === "withdrawn" ? null : button("Put back", () => putBack(request), { ariaLabel: `Put back ${singerName}, ${title}` });
    return el("li", {}, what, el("small", {}, how), back);
  }

  async function clear() {
    const done = await said.during(() => session.call("POST", "/v1/customer/requests/clear", { body: { venueId: venue.id } }));
    if (done) said.say(`Nothing waits any more: ${done.cleared} were marked as done.`);
    await look();
  }

  const table = el("a", { href: `/v1/customer/requests/export.csv?venueId=${venue.id}`, download: "requests.csv" }, "All as a table (CSV)");
  const end = sureButton("Clear the queue", "Mark all that waits as done? Press again", clear);
  find.addEventListener("change", look);
  node.replaceChildren(find, list, said.node, el("h3", {}, "End of the night"), el("p", { className: "doors" }, end, table));
  look();
}
