// How the nights went: bars by night and by hour, the songs and the singers asked for most.

import { el } from "../../common/dom.js";
import { LOCALE, say } from "../../common/words.js";
import { choice, Said } from "./parts.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH_MAX, LABEL, HEIGHT, FOOT] = [600, 60, 120, 18];
const PATH = "/v1/customer/analytics";
const short = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" });
const number = new Intl.NumberFormat(LOCALE);

function svg(tag, given, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A bar for each `[label, n, long label]`, in a picture so many pixels wide. It says in words what it shows. */
function bars(title, values, width) {
  const most = Math.max(1, ...values.map(([, n]) => n));
  const wide = width / Math.max(1, values.length);
  const thick = Math.min(wide * 0.8, LABEL);
  const every = Math.ceil((values.length * LABEL) / width);
  const drawn = values.flatMap(([label, n, long], place) => {
    const height = (n / most) * (HEIGHT - 16);
    const at = { x: (place + 0.5) * wide - thick / 2, y: HEIGHT - height, width: thick, height };
    const bar = svg("rect", { ...at, class: "bar" }, svg("title", {}, `${long}: ${number.format(n)}`));
    const middle = { x: (place + 0.5) * wide, "text-anchor": "middle" };
    const count = n ? [svg("text", { ...middle, y: HEIGHT - height - 4 }, number.format(n))] : [];
    const foot = place % every ? [] : [svg("text", { ...middle, y: HEIGHT + FOOT - 4, class: "foot" }, label)];
    return [bar, ...(values.length <= 31 ? count : []), ...foot];
  });
  const words = `${title}: ${values.map(([, n, long]) => `${long} ${n}`).join(", ") || say("nothing_yet")}`;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT + FOOT}`, role: "img", "aria-label": words }, ...drawn);
  return el("figure", { className: "chart" }, el("figcaption", {}, title), picture);
}

function ranked(title, rows) {
  const lines = rows.map(([name, more, n]) => el("li", {}, el("span", { dir: "auto" }, el("b", {}, name), ` ${more}`), el("small", {}, number.format(n))));
  return el("section", {}, el("h3", {}, title), el("ol", { className: "lines" }, ...(lines.length ? lines : [el("li", { className: "none" }, say("nothing_yet"))])));
}

export function open({ node, session, venue }) {
  const said = new Said();
  const days = choice(Object.fromEntries([7, 30, 90].map((n) => [n, say("last_nights", { n })])), "30");
  const body = el("div", { className: "nights" });

  async function look() {
    const since = new Date(Date.now() - days.value * 24 * 3600_000).toISOString().slice(0, 10);
    const query = `venueId=${venue.id}&from=${since}`;
    const names = [`daily-stats?limit=100&${query}`, `peak-hours?${query}`, `top-songs?limit=10&${query}`, `singers?limit=10&${query}`];
    const told = await said.during(() => Promise.all(names.map((name) => session.call("GET", `${PATH}/${name}`))));
    if (!told) return;
    const [nights, hours, songs, singers] = told;
    const width = Math.min(body.clientWidth || WIDTH_MAX, WIDTH_MAX);
    const byNight = [...nights.items].sort((a, b) => (a.night < b.night ? -1 : 1));
    const sum = (what) => byNight.reduce((total, night) => total + night[what], 0);
    const csv = el("a", { href: `${PATH}/daily-stats?format=csv&${query}`, download: "nights.csv" }, say("as_table"));
    if (!byNight.length) return body.replaceChildren(el("p", {}, say("nothing_yet")));
    body.replaceChildren(
      el("p", {}, say("nights_sum", { requests: number.format(sum("requests")), nights: byNight.length, sung: number.format(sum("processed")) }), " ", csv),
      bars(say("by_night"), byNight.map((each) => [short.format(Date.parse(each.night)), each.requests, each.night]), width),
      bars(say("by_hour"), hours.map((each) => [String(each.hour), each.requests, `${each.hour}:00`]), width),
      ranked(say("top_songs"), songs.items.map((each) => [each.title, each.artist, each.requests])),
      ranked(say("singers"), singers.items.map((each) => [each.singerName, "", each.requests])),
    );
  }

  days.ariaLabel = say("which_nights");
  days.addEventListener("change", look);
  node.replaceChildren(days, said.node, body);
  look();
}
