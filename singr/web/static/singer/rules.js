// The house rules in words, as `web/house_rules.py` says them: those of a venue may change while the page is open.

import { serverNow } from "../common/api.js";
import { $, el } from "../common/dom.js";
import { say } from "../common/words.js";

const NIGHT_BEGINS = 5;
// Leads from before that hour to the day before, also when the clocks were put back.
const INTO_THE_EVENING_MS = 8 * 3_600_000;

/** `rules`, `timeZone` and `queuePrivacy` as a venue has them. */
export function showRules({ rules = {}, timeZone = "UTC", queuePrivacy }) {
  const list = $("#rules");
  const lines = [...told(rules, timeZone), ...seen(queuePrivacy)];
  if (lines.join("\n") === [...list.children].map((line) => line.textContent).join("\n")) return;
  list.replaceChildren(...lines.map((line) => el("li", {}, line)));
}

function* told({ requestsPerSinger, cooldownMinutes, songOncePerNight, duplicatePolicy, lastCallAt }, timeZone) {
  if (requestsPerSinger) yield say("rule_waiting", { n: requestsPerSinger });
  if (cooldownMinutes) yield say("rule_cooldown", { n: cooldownMinutes });
  if (songOncePerNight) yield say("rule_song_once");
  if (duplicatePolicy === "refuse") yield say("rule_own_song");
  const at = Date.parse(lastCallAt ?? "");
  if (at && night(at, timeZone) === night(serverNow(), timeZone)) {
    yield say(at <= serverNow() ? "rule_last_call_over" : "rule_last_call", { time: clock(at, timeZone) });
  }
}

function* seen(queuePrivacy) {
  if (queuePrivacy === "hidden") yield say("others_hidden");
  if (queuePrivacy === "anonymous") yield say("others_anonymous");
  if (queuePrivacy === "first_names") yield say("others_first_names");
}

const clock = (at, timeZone) =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(at);

/** The day to whose night a time belongs: it begins at five in the morning. */
function night(at, timeZone) {
  const day = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone });
  const isEarly = Number(clock(at, timeZone).slice(0, 2)) < NIGHT_BEGINS;
  return day.format(isEarly ? at - INTO_THE_EVENING_MS : at);
}
