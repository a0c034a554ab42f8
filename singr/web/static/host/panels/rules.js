// House rules: how many songs, how often, which songs, until when, and what others see of it.

import { el } from "../../common/dom.js";
import { button, choice, field, form, Said } from "./parts.js";

const DAY_MS = 24 * 3600_000;
const SEEN = { hidden: "how many wait", anonymous: "the songs", first_names: "songs and first names" };
const POLICIES = { warn: "asked about once", refuse: "refused", allow: "taken" };
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
  const number = (max) => el("input", { type: "number", min: 1, max, placeholder: "no limit" });
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

  const save = (done = "Saved") =>
    said.during(() => session.call("PATCH", path, { body: { rules: wanted(), queuePrivacy: privacy.value } }), done);

  function lastCallIn(minutes) {
    last.value = clock(new Date(Date.now() + minutes * 60_000));
    return save(`Last call at ${last.value}. Everybody reads it on their phone.`);
  }

  const presets = el("p", { className: "doors" });
  const calls = el("p", { className: "doors" }, ...[0, 15, 30].map((n) => button(n ? `In ${n} min` : "Now", () => lastCallIn(n))));
  const none = button("No last call", () => {
    last.value = "";
    save();
  });
  calls.append(none);
  const fields = [
    field("Songs waiting per singer", waiting),
    field("Minutes between two requests", cooldown),
    field("Each song once a night", once),
    field("The same song twice is", policy),
    field("Last call at", last),
    field("Others see of the queue", privacy),
  ];
  node.replaceChildren(el("h3", {}, "Last call"), calls, el("h3", {}, "House rules"), presets, form(() => save(), "Save", ...fields), said.node);
  const fresh = await said.during(() => session.call("GET", path));
  if (fresh) show(fresh.rules, fresh.queuePrivacy);
  const named = (await said.during(() => session.call("GET", "/v1/customer/house-rules"))) ?? [];
  presets.replaceChildren(
    ...named.map(({ name, rules, queuePrivacy, words }) =>
      button(name, () => show({ ...rules, lastCallAt: last.value ? timeOf(last.value).toISOString() : null }, queuePrivacy), {
        title: words.join(" "),
      }),
    ),
  );
}
