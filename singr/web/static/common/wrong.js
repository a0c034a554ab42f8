// What went wrong, in words.

import { isEnglish, knows, say } from "./words.js";

/** In English the server's own words, which say more; in other languages what its status means. */
export function wrong({ status, message, errors = [], retryAfterS }) {
  if (!status) return say("no_answer");
  if (status === 403) return say("wrong_403");
  if (status === 429) return say("wrong_429", { n: retryAfterS });
  if (!isEnglish) return say(knows(`wrong_${status}`) ? `wrong_${status}` : "failed");
  return errors.map((error) => `${error.field} ${error.message}`).join("; ") || message || say("failed");
}
