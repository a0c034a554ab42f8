// What the links in our mails open, and where other services send people back to. The token stands after `#`, which reaches
// no server, and is used only after a click: mail scanners follow links, but do not press buttons.

import { call } from "../common/api.js";
import { $, setText } from "../common/dom.js";
import { exchange, factored, takeCode } from "../common/entering.js";
import { say } from "../common/words.js";

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

const code = takeCode();
const [word, token] = location.hash.slice(1).split("=");
const step = token && Object.hasOwn(STEPS, word) ? STEPS[word] : FORGOTTEN;
history.replaceState(null, "", location.pathname);
if (code) await comeBack();
else show();

function show() {
  document.title = step.heading;
  setText($("#heading"), step.heading);
  if (!step.email) setText($("#about"), WORDS[step.password] ?? "");
  setText($("#go"), step.go);
  for (const part of [$("#label"), $("#password")]) part.hidden = !step.password;
  for (const part of [$("#email-label"), $("#email")]) part.hidden = !step.email;
  $("#email").disabled = !step.email;
  $("#password").disabled = !step.password;
  $("#password").required = step.password === "new";
  $("#password").autocomplete = "new-password";
  $("#form").hidden = false;
  $("#others").hidden = !step.email;
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
    if (step === STEPS.magic) enter(await factored(done));
    else setText($("#said"), done.message);
  } catch (problem) {
    setText($("#said"), problem.message || say("failed"));
    $("#go").disabled = false;
  }
}

/** From another service, whose word we have: this page only fetches the session. */
async function comeBack() {
  setText($("#about"), say("coming_back"));
  try {
    enter(await exchange(code));
  } catch (problem) {
    show();
    setText($("#said"), problem.message || say("failed"));
  }
}

/** On to the console with the session that the browser now keeps; singers have nothing to do there. */
function enter({ user }) {
  setText($("#about"), say("signed_in", { name: user.name ?? user.email }));
  if (user.roles.some((role) => role !== "singer")) location.assign("/host");
}
