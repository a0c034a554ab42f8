// The venue's screen: the code to scan, what waits as far as the host lets others see, open or closed, the time.

import { $, arrange, el, setText } from "../common/dom.js";
import { LOCALE, say } from "../common/words.js";
import { Live } from "../live/live.js";
import { keepCalm } from "./calm.js";

const ROWS_MAX = 7;
// Up to the fifth, with the one who sings now.
const SOON_MAX = 4;
const SAY_LOST_MS = 60_000;
const FORGET_MS = 10 * 60_000;

const { venue, id } = document.body.dataset;
const stage = $("#stage");
const live = new Live({ venue: id, view: "display", restWhenHidden: false });
const look = keepCalm(stage, live);
const rows = new Map();
const time = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });

function show() {
  const { name, urlName, acceptingRequests, message } = live.venue;
  if (urlName !== venue) look();
  document.body.dataset.open = acceptingRequests;
  setText($("h1"), name);
  setText($("#message"), message ?? "");
  setText($("#state"), say(acceptingRequests ? "open" : "closed_short"));
  const n = live.requests.size;
  setText($("#waiting"), n ? say("queue", { n }) : say("queue_empty"));
  const { rotation } = live.venue;
  document.body.classList.toggle("rotates", Boolean(rotation));
  showQueue([...live.requests.values()], rotation ? comingUp(rotation) : null);
}

/** Who sings and who comes next, each with what stands before the name. */
function comingUp({ now, next }) {
  const requests = next.slice(0, SOON_MAX).map((id) => live.requests.get(String(id))).filter(Boolean);
  const labelled = requests.map((request, n) => [request, n ? String(n + 2) : say("next")]);
  return now ? [[{ ...now, isNow: true }, say("now")], ...labelled] : labelled;
}

/** Songs come along only where the host lets others see them, first names likewise. */
function showQueue(requests, coming) {
  const seen = (coming ?? requests.map((request) => [request, ""])).filter(([request]) => request.title);
  let shown = seen.slice(0, ROWS_MAX);
  for (showRows(shown, requests); shown.length > 1 && overflows(); showRows(shown, requests)) shown = shown.slice(0, -1);
}

/** Whether a long message leaves too little room. */
function overflows() {
  const { top, bottom } = stage.getBoundingClientRect();
  return [...stage.children].map((part) => part.getBoundingClientRect()).some((part) => part.height && (part.top < top - 1 || part.bottom > bottom + 1));
}

function showRows(shown, requests) {
  const ids = new Set(shown.map(([request]) => request.id));
  for (const [id, row] of rows) {
    if (ids.has(id)) continue;
    row.node.remove();
    rows.delete(id);
  }
  for (const [request, label] of shown) {
    if (!rows.has(request.id)) addRow(request.id);
    const row = rows.get(request.id);
    row.node.className = request.isNow ? "now" : "";
    setText(row.label, label);
    setText(row.title, request.title);
    setText(row.singer, request.singerName ?? request.artist);
  }
  arrange($("#queue"), shown.map(([request]) => rows.get(request.id).node));
  const hidden = shown.length ? requests.length - shown.filter(([request]) => !request.isNow).length : 0;
  setText($("#rest"), hidden ? say("more", { n: hidden }) : "");
  document.body.classList.toggle("listed", shown.length > 0);
}

function addRow(id) {
  const [label, singer, title] = [el("i"), el("b", { dir: "auto" }), el("span", { dir: "auto" })];
  rows.set(id, { node: el("li", {}, label, singer, title), label, singer, title });
}

/** Every second: the time, and honesty about what is shown when the server has not been heard for long. */
function tick() {
  setText($("#clock"), time.format(new Date()));
  const lostMs = live.status === "live" || !live.heardAt ? 0 : Date.now() - live.heardAt;
  $("#live").classList.toggle("on", lostMs > SAY_LOST_MS);
  document.body.classList.toggle("forgotten", lostMs > FORGET_MS);
}

live.addEventListener("change", show);
setInterval(tick, 1000);
tick();
live.start();
