// The singer page: what the server sent is usable as it is; from here on it is live.

import { call } from "../common/api.js";
import { $, setText } from "../common/dom.js";
import { offerThemes } from "../common/theme.js";
import { say } from "../common/words.js";
import { Live } from "../live/live.js";
import { Change } from "./change.js";
import { Mine } from "./mine.js";
import { Outbox } from "./outbox.js";
import { showRules } from "./rules.js";
import { Search } from "./search.js";
import { Sheet } from "./sheet.js";

const { venue } = document.body.dataset;
const LONG_STALE_MS = 60_000;

const announce = (text) => setText($("#said"), text);
const outbox = new Outbox(venue);
const live = new Live({ venue, view: "singer", ticket });
const sheet = new Sheet((key, body, song) => outbox.add(key, body, song));
const change = new Change(sheet, (request) => mine.changed(request));
const mine = new Mine(venue, outbox, live, announce, (...request) => change.open(...request));
new Search(venue, (song) => change.choose(song) || sheet.open(song), announce);

async function ticket() {
  const body = { venue, view: "singer", ...(mine.token && { trackingToken: mine.token }) };
  return (await call("POST", "/v1/live/tickets", { body })).ticket;
}

function showVenue() {
  const { name, acceptingRequests, message, openkjConnected } = live.venue;
  document.body.dataset.open = acceptingRequests;
  document.body.dataset.connected = openkjConnected;
  setText($("h1"), name);
  setText($("#message"), message ?? "");
  showRules(live.venue);
  const n = live.requests.size;
  setText($("#queue"), n ? say("queue", { n }) : say("queue_empty"));
}

function showStatus() {
  const silentMs = Date.now() - live.heardAt;
  const stale = live.heardAt && silentMs > LONG_STALE_MS;
  const words = {
    live: () => say("live"),
    connecting: () => say("connecting"),
    stale: () => (stale ? say("last_update", { n: Math.round(silentMs / 60_000) }) : say("reconnecting")),
    offline: () => say(live.ended ? "ended" : "offline"),
  };
  $("#live").dataset.status = live.status;
  setText($("#live-words"), words[live.status]());
}

live.addEventListener("change", showVenue);
live.addEventListener("status", showStatus);
live.addEventListener("status", () => live.status === "live" && outbox.flush());
setInterval(() => {
  showStatus();
  mine.render();
}, 10_000);
offerThemes($("#theme"), (other) => say(other));
document.body.classList.add("scripted");
live.start();
outbox.flush();
