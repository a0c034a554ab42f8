// How long ago, by the server's clock.

import { serverNow } from "./api.js";
import { say } from "./words.js";

const [MINUTE_S, HOUR_S, DAY_S] = [60, 3600, 86_400];

/** Seconds since an RFC 3339 time; never negative. */
export const secondsSince = (time) => Math.max(0, (serverNow() - Date.parse(time)) / 1000);

/** "4 s", "3 min", "2 h", "5 d". */
export function span(seconds) {
  if (seconds < MINUTE_S) return say("span_s", { n: Math.round(seconds) });
  if (seconds < HOUR_S) return say("span_min", { n: Math.round(seconds / MINUTE_S) });
  if (seconds < 2 * DAY_S) return say("span_h", { n: Math.round(seconds / HOUR_S) });
  return say("span_d", { n: Math.round(seconds / DAY_S) });
}

/** "3 min ago". */
export const ago = (time) => say("ago", { time: span(secondsSince(time)) });
