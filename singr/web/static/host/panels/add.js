// A request entered for somebody who has no phone at hand.

import { el } from "../../common/dom.js";
import { say } from "../../common/words.js";
import { keyText } from "../row.js";
import { field, fill, form, Said } from "./parts.js";

const PAUSE_MS = 200;
const KEY_MAX = 12;

function keys() {
  const select = el("select");
  for (let n = KEY_MAX; n >= -KEY_MAX; n -= 1) select.append(el("option", { value: n, selected: n === 0 }, n ? keyText(n) : say("as_recorded")));
  return select;
}

export function open({ node, session, venue }) {
  const said = new Said();
  const name = el("input", { required: true, maxLength: 100, dir: "auto", autocomplete: "off" });
  const words = el("input", { type: "search", maxLength: 200, autocomplete: "off", placeholder: say("song_or_artist") });
  const found = el("ul", { className: "lines songs" });
  const chosen = el("p", { className: "chosen", dir: "auto" }, say("no_song_yet"));
  const key = keys();
  const note = el("input", { maxLength: 500, dir: "auto", autocomplete: "off" });
  let song = null;
  let timer = 0;

  function choose(picked) {
    song = picked;
    chosen.textContent = `${picked.title}, ${picked.artist}`;
    found.replaceChildren();
    (name.value ? node.querySelector(".go") : name).focus();
  }

  async function search() {
    const q = words.value.trim();
    if (!q) return found.replaceChildren();
    const path = `/v1/public/venues/${encodeURIComponent(venue.urlName)}/songs?limit=8&q=${encodeURIComponent(q)}`;
    const page = await said.during(() => session.call("GET", path));
    if (!page || words.value.trim() !== q) return null;
    const rows = page.items.map((each) => {
      const line = [el("b", { dir: "auto" }, each.title), el("span", { dir: "auto" }, each.artist)];
      return el("li", {}, el("button", { type: "button", on: { click: () => choose(each) } }, ...line));
    });
    return fill(found, rows, say("no_match"));
  }

  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });

  async function send() {
    if (!song) return said.say(say("choose_first"), "bad");
    const body = { venueId: venue.id, singerName: name.value, songId: song.id, keyChange: Number(key.value) };
    if (note.value.trim()) body.notes = note.value;
    const made = await said.during(() => session.call("POST", "/v1/customer/requests", { body }));
    if (!made) return null;
    said.say(say("added_who", { name: made.singerName, title: made.title }));
    [name.value, words.value, note.value, key.value, song] = ["", "", "", "0", null];
    chosen.textContent = say("no_song_yet");
    return words.focus();
  }

  const fields = [field(say("song"), words), found, chosen, field(say("singer"), name), field(say("key"), key), field(say("note"), note)];
  node.replaceChildren(form(send, say("add_to_queue"), ...fields), said.node);
  words.focus();
}
