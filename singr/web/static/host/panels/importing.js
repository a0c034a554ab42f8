// A file into a book: looked at first if one likes, then followed line by line until it is in.

import { el, setText } from "../../common/dom.js";
import { isEnglish, knows, LOCALE, say } from "../../common/words.js";
import { Problem } from "../../common/api.js";
import { button, choice, field, form, Said } from "./parts.js";

const LOOK_EVERY_MS = 1_000;
const UPLOAD_MS = 10 * 60_000;
const OVER = ["done", "failed", "cancelled"];
const MODES = { merge: say("mode_merge"), replace: say("mode_replace") };
const ERRORS = { fail: say("error_fail"), skip: say("error_skip") };
const NO_SONGS = "there are no songs in this file"; // as the server says it
const number = new Intl.NumberFormat(LOCALE);

/** What is wrong with a line, or with the whole file: in English the server's words, which say more. */
const fault = (kind, message) => (isEnglish || !knows(`fault_${kind}`) ? message : say(`fault_${kind}`));

function whyNot({ problem, errorCount: n, errors }) {
  if (isEnglish && problem) return problem;
  const last = errors.at(-1);
  if (last && problem?.endsWith(last.message)) return fault(last.kind, last.message); // where the reading ended
  if (n) return say("fault_lines", { n });
  return say(problem === NO_SONGS ? "fault_no_songs" : "unreadable");
}

/** `nodes` for the page; `offer` tells which systems there are, `changed` is called when a book has changed. */
export function importing({ session }, changed) {
  const said = new Said();
  const file = el("input", { type: "file", required: true, accept: ".csv,.tsv,.txt,.json,.db,.sqlite,.sqlite3" });
  const [system, mode, onError] = [choice({}), choice(MODES), choice(ERRORS)];
  const dryRun = el("input", { type: "checkbox" });
  const bar = el("progress", { hidden: true });
  const counts = el("p", { className: "counts" });
  const lines = el("ol", { className: "faults" });
  const cancel = button(say("cancel_import"), () => stopIt(), { hidden: true });
  let timer = 0;
  let current = null;

  function offer(systems, used) {
    const before = system.value;
    system.replaceChildren(...systems.map(({ id, name }) => el("option", { value: id }, name)));
    system.value = systems.some(({ id }) => String(id) === before) ? before : String(used);
  }

  async function upload() {
    const query = new URLSearchParams({ mode: mode.value, onError: onError.value, dryRun: dryRun.checked });
    const body = new FormData();
    body.append("file", file.files[0]);
    const headers = await session.headers();
    const signal = AbortSignal.timeout(UPLOAD_MS);
    const answer = await fetch(`/v1/customer/systems/${system.value}/songs/import?${query}`, { method: "POST", headers, body, signal });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Problem(answer, told);
    return told;
  }

  async function begin() {
    clearTimeout(timer);
    said.say(say("sending_file"));
    show({ bytes: 0, bytesRead: 0, status: "uploading", errors: [], rowsRead: 0 });
    const opened = await said.during(upload, say("reading"));
    if (!opened) return clear();
    return follow(opened);
  }

  async function follow(now) {
    current = now;
    show(now);
    if (OVER.includes(now.status)) return finish(now);
    timer = setTimeout(async () => {
      const next = await session.call("GET", `/v1/customer/songdb/imports/${now.id}`).catch(() => now);
      follow(next);
    }, LOOK_EVERY_MS);
    return null;
  }

  function show({ status, bytes, bytesRead, rowsRead, rowsAdded = 0, rowsUpdated = 0, rowsUnchanged = 0, rowsRemoved = 0, duplicates = 0, errorCount = 0, errors }) {
    const isRunning = !OVER.includes(status);
    bar.hidden = !isRunning;
    if (bytes) [bar.max, bar.value] = [bytes, bytesRead];
    cancel.hidden = !isRunning || !current;
    const told = { read: rowsRead, new: rowsAdded, changed: rowsUpdated, unchanged: rowsUnchanged, removed: rowsRemoved, twice: duplicates, unreadable: errorCount };
    setText(counts, rowsRead ? Object.entries(told).filter(([, n]) => n).map(([what, n]) => say(`count_${what}`, { count: number.format(n) })).join(" · ") : "");
    const faults = errors.map(({ line, message, kind }) => el("li", { dir: "auto" }, el("b", {}, say("line", { number: number.format(line) })), ` ${fault(kind, message)}`));
    lines.replaceChildren(...faults);
  }

  function finish(ended) {
    const { status, dryRun: wasDry } = ended;
    const words = {
      done: say(wasDry ? "import_dry" : "import_done"),
      failed: say("import_failed", { why: whyNot(ended) }),
      cancelled: say("import_cancelled"),
    };
    said.say(words[status], status === "failed" ? "bad" : "good");
    current = null;
    if (status === "done" && !wasDry) changed();
  }

  function clear() {
    bar.hidden = cancel.hidden = true;
  }

  async function stopIt() {
    if (current) await said.during(() => session.call("POST", `/v1/customer/songdb/imports/${current.id}/cancel`), say("cancelling"));
  }

  const fields = [
    field(say("file"), file),
    field(say("into"), system),
    field(say("it_is"), mode),
    field(say("bad_lines"), onError),
    field(say("dry_run"), dryRun),
  ];
  const nodes = [el("h3", {}, say("bring_in")), el("p", { className: "hint" }, say("file_hint")), form(begin, say("go"), ...fields), said.node, bar, counts, cancel, lines];
  return { nodes, offer, stop: () => clearTimeout(timer) };
}
