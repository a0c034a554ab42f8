// What the links in our mails open. The token stands after `#`, which reaches no server, and is used only after a click:
// mail scanners follow links, but do not press buttons.

import { call } from "../common/api.js";
import { $, setText } from "../common/dom.js";
import { answer } from "../common/factor.js";

const FORGOTTEN = { path: "/v1/auth/password/forgot", heading: "Your account", go: "Send me a link", email: true };
const STEPS = {
  verify: { path: "/v1/auth/verify-email", heading: "Confirm your e-mail address", go: "Confirm" },
  email: { path: "/v1/auth/email/confirm", heading: "Confirm your new e-mail address", go: "Confirm" },
  reset: { path: "/v1/auth/password/reset", heading: "Choose a new password", go: "Set password", password: "new" },
  magic: { path: "/v1/auth/magic-link/verify", heading: "Sign in to Singr", go: "Sign in", more: { confirm: true, cookie: true } },
  invitation: { path: "/v1/auth/invitations/accept", heading: "Join on Singr", go: "Join", password: "optional" },
};
const WORDS = {
  new: "At least 12 characters, and none of the usual ones.",
  optional: "No account yet? Choose a password of at least 12 characters. If you have one, leave this empty.",
};

const [word, token] = location.hash.slice(1).split("=");
const step = token && Object.hasOwn(STEPS, word) ? STEPS[word] : FORGOTTEN;
history.replaceState(null, "", location.pathname);
show();

function show() {
  document.title = step.heading;
  setText($("#heading"), step.heading);
  if (!step.email) setText($("#words"), WORDS[step.password] ?? "");
  setText($("#go"), step.go);
  for (const part of [$("#label"), $("#password")]) part.hidden = !step.password;
  for (const part of [$("#email-label"), $("#email")]) part.hidden = !step.email;
  $("#email").disabled = !step.email;
  $("#password").disabled = !step.password;
  $("#password").required = step.password === "new";
  $("#password").autocomplete = "new-password";
  $("#form").hidden = false;
  $("#form").addEventListener("submit", submit);
}

async function submit(event) {
  event.preventDefault();
  $("#go").disabled = true;
  const body = step.email ? { email: $("#email").value } : { token, ...step.more };
  if ($("#password").value) body.password = $("#password").value;
  try {
    const done = await call("POST", step.path, { body });
    $("#form").hidden = true;
    if (step === STEPS.magic) await enter(done);
    else setText($("#said"), done.message);
  } catch (problem) {
    setText($("#said"), problem.message || "That did not work. Try again.");
    $("#go").disabled = false;
  }
}

/** On to the console, with the session that the browser now keeps. */
async function enter(session) {
  if (session.requiresTwoFactor) await answer(session);
  location.assign("/host");
}
