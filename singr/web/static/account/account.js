// Where singers sign in, what the links in our mails open, and where other services send people back to. A mail's token
// stands after `#`, which reaches no server, and is used only after a click: mail scanners follow links, but do not press
// buttons. Whoever came from a venue's page is led back there.

import { call } from "../common/api.js";
import { $, setText } from "../common/dom.js";
import { exchange, factored, takeCode } from "../common/entering.js";
import { forget, kept } from "../common/store.js";
import { say } from "../common/words.js";
import { wrong } from "../common/wrong.js";

const cookie = true;
const FORGOTTEN = { path: "/v1/auth/password/forgot", name: "forgotten", go: "send_link", email: true };
// Of `name` there are a heading and perhaps a text in the words; `enters` ones end with a session.
const CHOICES = {
  "sign-in": { path: "/v1/auth/signin", name: "sign_in", go: "sign_in", email: true, password: "current-password", more: { cookie }, enters: true },
  link: { path: "/v1/auth/magic-link", name: "link", go: "send_link", email: true },
  register: { path: "/v1/auth/register/singer", name: "register", go: "register", email: true, password: "new-password", least: 10 },
};
const STEPS = {
  verify: { path: "/v1/auth/verify-email", name: "verify", go: "confirm", password: "current-password", isOptional: true },
  email: { path: "/v1/auth/email/confirm", name: "new_email", go: "confirm", password: "current-password", isOptional: true },
  reset: { path: "/v1/auth/password/reset", name: "reset", go: "set_password", password: "new-password", least: 12 },
  magic: { path: "/v1/auth/magic-link/verify", name: "magic", go: "sign_in", more: { confirm: true, cookie }, enters: true },
  invitation: { path: "/v1/auth/invitations/accept", name: "join", go: "join", password: "new-password", isOptional: true },
};
const ABOUT = { forgotten: "forgotten", link: "link", register: "password_new", reset: "password_new", join: "password_optional", verify: "password_elsewhere", new_email: "password_elsewhere" };
const VENUE = /^\/v\/[\w-]+$/;
const WAY_BACK_MS = 3_600_000;

const code = takeCode();
const [word, token] = location.hash.slice(1).split("=");
let step = (token ? Object.hasOwn(STEPS, word) && STEPS[word] : Object.hasOwn(CHOICES, word) && CHOICES[word]) || FORGOTTEN;
if (token || code) history.replaceState(null, "", location.pathname);
$("#form").addEventListener("submit", submit);
addEventListener("hashchange", () => {
  step = CHOICES[location.hash.slice(1)] ?? step;
  show();
});
if (code) await comeBack();
else show();

function show() {
  document.title = say(`${step.name}_heading`);
  setText($("#heading"), document.title);
  setText($("#about"), ABOUT[step.name] ? say(ABOUT[step.name], { least: step.least }) : "");
  setText($("#go"), say(step.go));
  setText($("#said"), "");
  for (const part of [$("#label"), $("#password")]) part.hidden = !step.password;
  for (const part of [$("#email-label"), $("#email")]) part.hidden = !step.email;
  $("#email").disabled = !step.email;
  $("#password").disabled = !step.password;
  $("#password").required = Boolean(step.password) && !step.isOptional;
  $("#password").autocomplete = step.password ?? "off";
  $("#form").hidden = false;
  $("#go").disabled = false;
  $("#others").hidden = !step.email;
  for (const link of $("#choices").querySelectorAll("a")) {
    link.parentElement.hidden = !step.email || CHOICES[link.hash.slice(1)] === step;
  }
}

async function submit(event) {
  event.preventDefault();
  $("#go").disabled = true;
  const body = step.email ? { email: $("#email").value, ...step.more } : { token, ...step.more };
  if ($("#password").value && step.password) body.password = $("#password").value;
  try {
    const done = await call("POST", step.path, { body });
    $("#form").hidden = true;
    if (step === CHOICES.register) await enterAsNew(body);
    else if (step.enters) enter(await factored(done));
    else setText($("#said"), say(`${step.name}_done`));
  } catch (problem) {
    setText($("#said"), said(problem));
    $("#go").disabled = false;
  }
}

/** A link that is not good any more, or another browser than it was asked for in, is no wrong password. */
function said(problem) {
  if (token && problem.status === 401) return say("link_old");
  if (token && problem.status === 409) return say("password_elsewhere");
  return problem.status === 401 ? say("wrong_401") : wrong(problem);
}

/** Straight in with the new account; who had one with another password is told to look for our mail, as anybody is. */
async function enterAsNew({ email, password }) {
  setText($("#said"), say("register_done"));
  const session = await call("POST", CHOICES["sign-in"].path, { body: { email, password, cookie } }).catch(() => null);
  if (session) enter(await factored(session));
}

/** From another service, whose word we have: this page only fetches the session. */
async function comeBack() {
  setText($("#about"), say("coming_back"));
  try {
    enter(await exchange(code));
  } catch (problem) {
    show();
    setText($("#said"), wrong(problem));
  }
}

/** Back to the venue, or on to the console, with the session that the browser now keeps. */
function enter({ user }) {
  setText($("#about"), say("signed_in", { name: user.name ?? user.email }));
  const { path, at } = kept("back", { path: "", at: 0 });
  forget("back");
  if (VENUE.test(path) && Date.now() - at < WAY_BACK_MS) location.assign(path);
  else if (user.roles.some((role) => role !== "singer")) location.assign("/host");
}
