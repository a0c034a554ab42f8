// The venue's book: what a search finds, artists by letter and their songs, what is new, what is asked for most. A
// question is what the page's address asks (web/finding.py): {q}, {list}, {letter} or {artist}; {} is the whole book.
// Searching is as you type: 150 ms after a letter, the last question wins, the old list stays until the new one is there.

import { call } from "../common/api.js";
import { $, el, isolated, setText } from "../common/dom.js";
import { say } from "../common/words.js";

const PAUSE_MS = 150;
const LIMIT = 20;
const NAMES = ["q", "list", "letter", "artist"];
const PATHS = { new: "songs/new", top: "songs/top", artists: "artists" };
const NOTHING = { new: "new_none", top: "top_none", mine: "mine_none" };

export class Book {
  #base;
  #results;
  #announce;
  #mine;
  #field = $("#q");
  #more = $("#more");
  #question = questionOf(location.search);
  #asking = null;
  #timer = 0;

  /** `mine(given, signal)` gives a page of the singer's own songs. */
  constructor(venue, results, announce, mine) {
    this.#base = `/v1/public/venues/${encodeURIComponent(venue)}`;
    [this.#results, this.#announce, this.#mine] = [results, announce, mine];
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), PAUSE_MS);
    });
    $("#search").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(this.#timer);
      this.#search();
    });
    $("#songs").addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter === this.#more) this.#ask(this.#question, this.#more.value);
      else results.choose(event.submitter.value);
    });
    $("main").addEventListener("click", (event) => this.#follow(event));
    $("#ways [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    addEventListener("popstate", () => this.#goTo(questionOf(location.search)));
  }

  /** Asks again for the list on the page, where it is one that only a script can show. */
  begin() {
    if (this.#question.list === "mine") this.#ask(this.#question);
  }

  #search() {
    const q = this.#field.value.trim();
    history.replaceState(null, "", q ? `?q=${encodeURIComponent(q)}` : location.pathname);
    this.#ask(q ? { q } : {});
  }

  /** A link into the book, unless it is to open elsewhere. */
  async #follow(event) {
    const link = event.target.closest("a.way");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    await this.#goTo(questionOf(link.search));
    scrollTo(0, 0);
    if (!link.isConnected) $("#heading").focus({ preventScroll: true });
  }

  #goTo(question) {
    clearTimeout(this.#timer);
    this.#field.value = question.q ?? "";
    return this.#ask(question);
  }

  async #ask(question, cursor) {
    this.#asking?.abort();
    const { signal } = (this.#asking = new AbortController());
    try {
      const page = await this.#page(question, { limit: LIMIT, ...(cursor && { cursor }) }, signal);
      if (!signal.aborted) this.#show(question, page, cursor !== undefined);
    } catch {
      if (signal.aborted) return;
      setText($("#meant"), say(question.q ? "search_failed" : "browse_failed"));
      this.#announce($("#meant").textContent);
    }
  }

  #page({ list, ...asked }, given, signal) {
    if (list === "mine") return this.#mine(given, signal);
    const path = asked.letter ? "artists" : (PATHS[list] ?? "songs");
    const query = new URLSearchParams({ ...asked, ...given });
    return call("GET", `${this.#base}/${path}?${query}`, { signal });
  }

  #show(question, { items, nextCursor, didYouMean, letters = [] }, isContinued) {
    this.#question = question;
    setText($("#meant"), didYouMean ? say("meant", { text: isolated(didYouMean) }) : "");
    setText($("#heading"), question.artist ? say("songs_by", { artist: isolated(question.artist) }) : "");
    const rows = this.#results.show(items, isContinued);
    this.#more.value = nextCursor ?? "";
    const none = this.#results.size ? "" : nothing(question);
    setText($("#none"), none);
    mark(question, letters);
    this.#announce(none || `${$("#heading").textContent || $("#meant").textContent} ${this.#count(items)}`.trim());
    if (isContinued) rows[0]?.firstElementChild.focus();
  }

  #count(items) {
    if (items[0]?.name) return `${say("list_artists")}: ${this.#results.size}`;
    return say(this.#more.value ? "found_many" : "found", { n: this.#results.size });
  }
}

function questionOf(search) {
  const given = new URLSearchParams(search);
  return Object.fromEntries(NAMES.map((name) => [name, given.get(name)]).filter(([, value]) => value));
}

function nothing({ q, list }) {
  return say(q ? "no_hit" : (NOTHING[list] ?? "no_songs"), { text: isolated(q) });
}

/** Shows which way the list came, and the letters to go on by. */
function mark({ q, list, letter, artist }, letters) {
  const chosen = letter || artist ? "artists" : list;
  $("#ways").hidden = Boolean(q);
  for (const link of $("#ways").children) {
    turn(link, new URLSearchParams(link.search).get("list") === (chosen ?? null));
  }
  const links = $("#letters");
  if ([...links.children].map((link) => link.textContent).join() !== letters.join()) {
    const link = (name) => el("a", { className: "way", href: `?letter=${encodeURIComponent(name)}` }, name);
    links.replaceChildren(...letters.map(link));
  }
  for (const link of links.children) turn(link, link.textContent === letter);
}

function turn(link, isCurrent) {
  if (!isCurrent) return link.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  return link.scrollIntoView({ block: "nearest", inline: "nearest" });
}
