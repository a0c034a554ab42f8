// The host console: sign in, choose a venue, work.

import { call } from "../common/api.js";
import { $, el, setText } from "../common/dom.js";
import { exchange, factored, takeCode } from "../common/entering.js";
import { offerThemes } from "../common/theme.js";
import { say } from "../common/words.js";
import { wrong } from "../common/wrong.js";
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
  const none = el("p", {}, say("no_venues"));
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
  if (problem.status === 401) return say("wrong_401");
  if (problem.status === 403) return say("runs_none");
  return wrong(problem);
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
    const body = { email: email.value.trim(), password: password.value, cookie: true };
    session.begin(await factored(await call("POST", "/v1/auth/signin", { body })));
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
    session.begin(await exchange(code));
  } catch (problem) {
    return askToSignIn(wrong(problem));
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
offerThemes($("#theme"), say);

const code = takeCode();
if (code) await comeBack();
else if (session.isKept) await enter().catch((problem) => askToSignIn(session.isKept ? explain(problem) : ""));
else show("door");
