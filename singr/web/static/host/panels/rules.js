// House rules: how many songs, how often, which songs, until when, and what others see of it.

import { el } from "../../common/dom.js";
import { knows, say } from "../../common/words.js";
import { button, choice, field, form, Said } from "./parts.js";

const DAY_MS = 24 * 3600_000;
const SEEN = Object.fromEntries(["hidden", "anonymous", "first_names"].map((name) => [name, say(`privacy_${name}`)]));
const POLICIES = Object.fromEntries(["warn", "refuse", "allow"].map((name) => [name, say(`policy_${name}`)]));
const clock = (date) => `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;

/** The next time, within half a day before and after now, at which a clock here shows `text`. */
function timeOf(text) {
  const [hours, minutes] = text.split(":").map(Number);
  const at = new Date();
  at.setHours(hours, minutes, 0, 0);
  if (at - Date.now() < -DAY_MS / 2) at.setTime(at.getTime() + DAY_MS);
  if (at - Date.now() > DAY_MS / 2) at.setTime(at.getTime() - DAY_MS);
  return at;
}

export async function open({ node, session, venue }) {
  const said = new Said();
  const path = `/v1/customer/venues/${venue.id}`;
  const number = (max) => el("input", { type: "number", min: 1, max, placeholder: say("no_limit") });
  const [waiting, cooldown] = [number(50), number(240)];
  const once = el("input", { type: "checkbox" });
  const policy = choice(POLICIES);
  const last = el("input", { type: "time" });
  const privacy = choice(SEEN);

  function show(rules, queuePrivacy) {
    privacy.value = queuePrivacy;
    waiting.value = rules.requestsPerSinger ?? "";
    cooldown.value = rules.cooldownMinutes ?? "";
    once.checked = rules.songOncePerNight ?? false;
    policy.value = rules.duplicatePolicy ?? "warn";
    const at = rules.lastCallAt && new Date(rules.lastCallAt);
    last.value = at && Date.now() - at < DAY_MS / 2 ? clock(at) : "";
  }

  function wanted() {
    return {
      ...(waiting.value && { requestsPerSinger: Number(waiting.value) }),
      ...(cooldown.value && { cooldownMinutes: Number(cooldown.value) }),
      songOncePerNight: once.checked,
      duplicatePolicy: policy.value,
      ...(last.value && { lastCallAt: timeOf(last.value).toISOString() }),
    };
  }

  const save = (done = say("saved")) =>
    said.during(() => session.call("PATCH", path, { body: { rules: wanted(), queuePrivacy: privacy.value } }), done);

  function lastCallIn(minutes) {
    last.value = clock(new Date(Date.now() + minutes * 60_000));
    return save(say("last_call_said", { time: last.value }));
  }

  const presets = el("p", { className: "doors" });
  const calls = el("p", { className: "doors" }, ...[0, 15, 30].map((n) => button(n ? say("in_minutes", { n }) : say("now"), () => lastCallIn(n))));
  const none = button(say("no_last_call"), () => {
    last.value = "";
    save();
  });
  calls.append(none);
  const fields = [
    field(say("rules_waiting"), waiting),
    field(say("rules_cooldown"), cooldown),
    field(say("rules_once"), once),
    field(say("rules_twice"), policy),
    field(say("last_call_at"), last),
    field(say("privacy"), privacy),
  ];
  node.replaceChildren(el("h3", {}, say("last_call")), calls, el("h3", {}, say("panel_rules")), presets, form(() => save(), say("save"), ...fields), said.node);
  const fresh = await said.during(() => session.call("GET", path));
  if (fresh) show(fresh.rules, fresh.queuePrivacy);
  const named = (await said.during(() => session.call("GET", "/v1/customer/house-rules"))) ?? [];
  presets.replaceChildren(
    ...named.map(({ name, rules, queuePrivacy }) =>
      button(knows(`house_${name}`) ? say(`house_${name}`) : name, () => show({ ...rules, lastCallAt: last.value ? timeOf(last.value).toISOString() : null }, queuePrivacy)),
    ),
  );
}
