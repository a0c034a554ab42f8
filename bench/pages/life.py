"""How soon people see what others do."""

from __future__ import annotations

import asyncio
import time

from bench.figures import Figure
from bench.pages.place import Place
from tests.browser.people import PHONE, VENUE

TYPED = ("queen", "hey jude", "abba", "rocket", "love", "bohemian", "don't stop", "man", "halo", "the beatles")
ROUNDS, ASKED = 2, 60  # a phone may search sixty times a minute
# A word by letters, as quickly as thumbs type; when the list says what the field does.
TYPE = """async (word) => {
  const [field, rows] = [document.querySelector("#q"), document.querySelector("#results")];
  const shown = new Promise((resolve) => {
    new MutationObserver((_, watch) => {
      watch.disconnect();
      resolve(performance.now());
    }).observe(rows, { childList: true });
    setTimeout(() => resolve(Infinity), 20_000);
  });
  let typed = 0;
  for (let n = 1; n <= word.length; n += 1) {
    if (n > 1) await new Promise((resolve) => setTimeout(resolve, 60));
    field.value = word.slice(0, n);
    typed = performance.now();
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  return (await shown) - typed;
}"""
ASK = """async ([venue, word]) => {
  const asked = performance.now();
  await (await fetch(`/v1/public/venues/${venue}/songs?q=${encodeURIComponent(word)}`, { cache: "no-store" })).text();
  return performance.now() - asked;
}"""
NOTE_ROWS = """() => {
  window.seen = {};
  const note = (node) => (window.seen[node.querySelector(".what b").textContent] = Date.now());
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(note)))
    .observe(document.querySelector("#queue"), { childList: true });
}"""


async def typing(here: Place) -> list[Figure]:
    context = await here.context(PHONE)
    page = await context.new_page()
    await page.goto(f"/v/{VENUE}")
    await page.locator("#live[data-status=live]").wait_for()
    took, bare = [], []
    for _ in range(ROUNDS):
        for word in TYPED:
            bare.append(await page.evaluate(ASK, [VENUE, word]))
            took.append(await page.evaluate(TYPE, word))
    await context.close()
    return [_p95("typing → results", took, bare, "the search call alone", "≤ 250, 150 of it waiting for letters")]


async def seeing(here: Place) -> list[Figure]:
    host = await here.host()
    await host.page.evaluate(NOTE_ROWS)
    sent, answered = {}, []
    for number in range(ASKED):
        title, at = f"Seen {number}", time.time()
        token = await here.ask(title)
        sent[title] = at * 1000
        answered.append((time.time() - at) * 1000)
        await asyncio.sleep(0.1)
        await here.leave(*token)
    await host.page.wait_for_function("(asked) => Object.keys(window.seen).length >= asked", arg=ASKED)
    seen = await host.page.evaluate("window.seen")
    await host.page.context.close()
    took = [seen[title] - at for title, at in sent.items()]
    return [_p95("request → host's screen", took, answered, "the request's own answer", "≤ 500")]


def _p95(name: str, took_ms: list[float], bare_ms: list[float], reference: str, budget: str) -> Figure:
    def at(found: list[float]) -> float:
        return sorted(found)[int(len(found) * 0.95)]

    name = f"{name}, 95th percentile of {len(took_ms)}"
    return Figure(name=name, unit="ms", runs=[at(took_ms)], reference=[at(bare_ms)], reference_name=reference,
                  budget=budget)  # fmt: skip
