// The singer page: what the server sent is usable as it is; from here on it is live.

import { call } from "../common/api.js";
import { $, setText } from "../common/dom.js";
import { offerThemes } from "../common/theme.js";
import { say } from "../common/words.js";
import { Live } from "../live/live.js";
import { Book } from "./book.js";
import { Change } from "./change.js";
import { Favorites } from "./favorites.js";
import { beginAnew, forgetOthers } from "./kiosk.js";
import { Mine } from "./mine.js";
import { hireWorker, keepHeard, lastHeard, oldSince } from "./offline.js";
import { Outbox } from "./outbox.js";
import { showRules } from "./rules.js";
import { Results } from "./results.js";
import { Sheet } from "./sheet.js";
import { Tonight } from "./tonight.js";

const { venue, id, kiosk } = document.body.dataset;
const LONG_STALE_MS = 60_000;

const announce = (text) => setText($("#said"), text);
if (kiosk) forgetOthers();
const outbox = new Outbox(id, () => live.venue?.urlName ?? venue);
if (kiosk) beginAnew(kiosk, outbox);
const live = new Live({ venue: id, view: "singer", ticket });
const tonight = new Tonight(venue, live);
const favorites = new Favorites(venue);
const tags = (song) => [...favorites.tags(song), ...tonight.tags(song)];
const sheet = new Sheet((key, body, song) => outbox.add(key, body, song), tonight, favorites);
const change = new Change(sheet, (request) => mine.changed(request));
const mine = new Mine(id, outbox, live, announce, (...request) => change.open(...request));
const results = new Results((song) => (song.isHere !== false && change.choose(song)) || sheet.open(song), tags);
const book = new Book(venue, results, announce, (given) => favorites.rows(given));
for (const each of [tonight, favorites]) each.addEventListener("change", () => results.refresh());
outbox.addEventListener("sent", () => favorites.claim().catch(() => null));

async function ticket() {
  const body = { venue: id, view: "singer", ...(mine.token && { trackingToken: mine.token }) };
  return (await call("POST", "/v1/live/tickets", { body })).ticket;
}

function showVenue(venueNow, n) {
  const { name, acceptingRequests, message, openkjConnected } = venueNow;
  document.body.dataset.open = acceptingRequests;
  document.body.dataset.connected = openkjConnected;
  setText($("h1"), name);
  setText($("#message"), message ?? "");
  showRules(venueNow);
  setText($("#queue"), n ? say("queue", { n }) : say(acceptingRequests ? "queue_empty" : "queue_none"));
}

function showStatus() {
  const heardAt = live.heardAt || oldSince;
  const silentMs = Date.now() - heardAt;
  const n = Math.max(1, Math.round(silentMs / 60_000));
  const isOld = oldSince && !live.heardAt;
  const words = {
    live: () => say("live"),
    connecting: () => say("connecting"),
    stale: () => (silentMs > LONG_STALE_MS ? say("last_update", { n }) : say("reconnecting")),
    offline: () => say(live.ended ? "ended" : "offline"),
  };
  const status = isOld && live.status === "connecting" ? "stale" : live.status;
  $("#live").dataset.status = status;
  setText($("#live-words"), words[status]());
  if (oldSince) showAge($("#kept"), isOld);
}

/** Whether what the page shows is old; its place stays, so that no row moves when the connection is back. */
function showAge(notice, isOld) {
  notice.hidden = false;
  if (!isOld && !notice.style.minHeight) notice.style.minHeight = `${notice.offsetHeight}px`;
  notice.classList.toggle("back", !isOld);
  setText(notice, say(isOld ? "kept" : "back"));
}

/** The venue may get another address: the page begins anew there, once nobody is writing on it. */
function followVenue() {
  const to = live.venue?.urlName ?? venue;
  if (to === venue || $("#sheet").open) return;
  location.replace(location.pathname.replace(`/v/${venue}`, `/v/${to}`) + location.search);
}

live.addEventListener("change", () => {
  showVenue(live.venue, live.requests.size);
  keepHeard(live.venue, live.requests.size);
});
live.addEventListener("change", hireWorker, { once: true });
live.addEventListener("status", showStatus);
live.addEventListener("status", () => live.status === "live" && outbox.flush());
setInterval(() => {
  showStatus();
  mine.render();
  followVenue();
}, 10_000);
if (lastHeard()) showVenue(lastHeard().venue, lastHeard().waiting);
showStatus();
offerThemes($("#theme"), (other) => say(other));
document.body.classList.add("scripted");
live.start();
outbox.flush();
if (!kiosk) favorites.begin().then(() => favorites.isOn && book.begin());
