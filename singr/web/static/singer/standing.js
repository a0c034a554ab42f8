// How a request stands, in words and a tone. Where there is no script the server says as much as it knows without the
// order of singers, which only live views tell (singr/web/own.py).

import { serverNow } from "../common/api.js";
import { isolated } from "../common/dom.js";
import { say } from "../common/words.js";

const MINUTE_MS = 60_000;
// From one singer to the next, on a brisk night and on a slow one.
const [BRISK_MIN, SLOW_MIN] = [4, 5];
// Nobody who was called up longer ago still sings: it may be a break, or the end of the show.
const SINGS_MS = 15 * MINUTE_MS;
const toFive = (minutes) => Math.max(5, Math.round(minutes / 5) * 5);
const minutes = (ms) => Math.max(1, Math.round(ms / MINUTE_MS));

/** A request the server has. `before` is how many wait before it; `rotation` tells who comes up soon, where it is known. */
export function ofRequest(request, before, rotation = null) {
  if (request.status === "pending" && rotation?.next[0] === request.id) return { tone: "good", text: say("come_up") };
  if (rotation?.now?.id === request.id) return { tone: "good", text: say("your_turn") };
  if (request.status === "pending") {
    const seen = say(request.seenAt ? "seen" : "has_request");
    if (rotation) return { tone: "waiting", text: [...ahead(request, rotation), seen].join(" ") };
    return { tone: "waiting", text: `${seen} ${before > 0 ? say("before", { n: before }) : say("first")}` };
  }
  if (request.status === "rejected") {
    const reason = request.rejectReason && isolated(request.rejectReason);
    return { tone: "bad", text: reason ? say("rejected_because", { reason }) : say("rejected") };
  }
  // OpenKJ does not tell acceptance from rejection.
  return { tone: "good", text: say(request.processedVia === "console" ? "accepted" : "dealt") };
}

/** How many songs come before it, as far as that is told; how long they take, while somebody sings as far as we know. */
function ahead({ id }, { now, next }) {
  const n = next.indexOf(id);
  if (n < 1) return [];
  const range = { from: toFive(n * BRISK_MIN), n: toFive((n + 1) * SLOW_MIN) };
  const isOn = now && serverNow() - Date.parse(now.processedAt) < SINGS_MS;
  return [say("ahead", { n }), ...(isOn ? [say("about", range)] : [])];
}

/** A request still in the outbox. */
export function ofEntry({ state, reason, retryAt, askedAt }, { requestsPerSinger = 1, songOncePerNight } = {}) {
  const now = Date.now();
  const texts = {
    sending: () => say("sending"),
    waiting: () => (retryAt > now ? say("slow_down", { n: minutes(retryAt - now) }) : say("unsent")),
    old: () => say("unsent_old", { n: minutes(now - askedAt) }),
    duplicate: () => say(songOncePerNight ? "sung_once" : "duplicate"),
    limit: () => say("limit", { n: requestsPerSinger }),
    closed: () => say("closed_meanwhile"),
    blocked: () => say("blocked"),
    refused: () => say("not_taken", { reason: isolated(reason) }),
  };
  return { tone: state === "sending" ? "waiting" : "bad", text: texts[state]() };
}
