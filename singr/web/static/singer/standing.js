// How a request stands, in words and a tone. The server says the same where there is no script (singr/web/own.py).

import { isolated } from "../common/dom.js";
import { say } from "../common/words.js";

const MINUTE_MS = 60_000;
const minutes = (ms) => Math.max(1, Math.round(ms / MINUTE_MS));

/** A request the server has. `before` is how many wait before it; `rotation` tells who comes up soon, where it is known. */
export function ofRequest(request, before, rotation = null) {
  if (request.status === "pending" && rotation?.next[0] === request.id) return { tone: "good", text: say("come_up") };
  if (rotation?.now?.id === request.id) return { tone: "good", text: say("your_turn") };
  if (request.status === "pending") {
    const seen = say(request.seenAt ? "seen" : "has_request");
    const place = rotation?.next.indexOf(request.id);
    if (rotation) return { tone: "waiting", text: place > 0 ? `${seen} ${say("ahead", { n: place })}` : seen };
    return { tone: "waiting", text: `${seen} ${before > 0 ? say("before", { n: before }) : say("first")}` };
  }
  if (request.status === "rejected") {
    const reason = request.rejectReason && isolated(request.rejectReason);
    return { tone: "bad", text: reason ? say("rejected_because", { reason }) : say("rejected") };
  }
  // OpenKJ does not tell acceptance from rejection.
  return { tone: "good", text: say(request.processedVia === "console" ? "accepted" : "dealt") };
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
    refused: () => say("not_taken", { reason: isolated(reason) }),
  };
  return { tone: state === "sending" ? "waiting" : "bad", text: texts[state]() };
}
