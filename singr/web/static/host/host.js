// The host console: sign in, choose a venue, work.

import { $, el, setText } from "../common/dom.js";
import { takeCode } from "../common/entering.js";
import { offerThemes } from "../common/theme.js";
import { Desk } from "./desk.js";
import { Session } from "../common/session.js";

const CHOSEN = "singr.venue";

const session = new Session();
const desk = new Desk(session);
let venues = [];

function show(id) {
  for (const part of ["door", "choice", "desk"]) $(`#${part}`).hidden = part !== id;
}

async function enter() {
  venues = (await session.call("GET", "/v1/customer/venues?limit=100")).items;
  const chosen = venues.find((venue) => venue.id === sessionStorage.getItem(CHOSEN));
  if (venues.length === 1 || chosen) work(chosen ?? venues[0]);
  else choose();
}

function choose() {
  const buttons = venues.map((venue) => el("button", { type: "button", dir: "auto", on: { click: () => work(venue) } }, venue.name));
  const none = el("p", {}, "This account has no venues.");
  $("#venues").replaceChildren(...(buttons.length ? buttons.map((button) => el("li", {}, button)) : [none]));
  show("choice");
}

function work(venue) {
  sessionStorage.setItem(CHOSEN, venue.id);
  $("#switch").hidden = venues.length < 2;
  $("#switch").replaceChildren(...venues.map(({ id, name }) => el("option", { value: id, selected: id === venue.id }, name)));
  desk.open(venue);
  show("desk");
}

function explain(problem) {
  if (!problem.status) return "No answer from the server. Try again.";
  if (problem.status === 401) return "E-mail or password is wrong.";
  if (problem.status === 403) return "This account runs no venue.";
  if (problem.status === 429) return `Too many tries. Wait ${problem.retryAfterS} s.`;
  return problem.message;
}

function askToSignIn(text = "") {
  setText($("#sign-in-error"), text);
  show("door");
  $(text ? "#password" : "#email").focus();
}

$("#sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, password } = event.target;
  const button = $("button", event.target);
  button.disabled = true;
  try {
    await session.signIn(email.value.trim(), password.value);
    password.value = "";
    await enter();
  } catch (problem) {
    askToSignIn(explain(problem));
  } finally {
    button.disabled = false;
  }
});

/** From another service: not with a wrong password, whatever went wrong. */
async function comeBack() {
  try {
    await session.signInBy(code);
  } catch (problem) {
    return askToSignIn(problem.status ? problem.message : explain(problem));
  }
  return enter().catch((problem) => askToSignIn(explain(problem)));
}

session.addEventListener("ended", () => {
  desk.close();
  askToSignIn();
});
$("#sign-out").addEventListener("click", () => session.signOut());
$("#switch").addEventListener("change", ({ target }) => {
  desk.close();
  work(venues.find(({ id }) => id === target.value));
});
offerThemes($("#theme"), (other) => (other === "light" ? "Light theme" : "Dark theme"));

const code = takeCode();
if (code) await comeBack();
else if (session.isKept) await enter().catch((problem) => askToSignIn(session.isKept ? explain(problem) : ""));
else show("door");
