"""Nothing moves under a hand and nobody loses their place while the night goes on around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import Host, People
from tests.house import House

TAPS, HANDS, HELD_EVERY = 1_000, 5, 10
EVENTS_PER_S = 5
WATCH_SHIFTS = """() => {
  window.shifts = [];
  const told = ({ node }) => node?.outerHTML?.slice(0, 80) ?? String(node?.nodeName);
  const note = (entry) => entry.hadRecentInput || window.shifts.push([entry.value, ...entry.sources.map(told)]);
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: "layout-shift" });
}"""
# A finger: it aims at a button that can be pressed, is on its way for 300 ms at most, and presses what is there then.
# Every `held`th is on its way when rows move. Whoever is late, on a busy machine, aims again: that tap is not counted.
# What it pressed is noted instead of done, so that a thousand presses need no thousand requests.
TAP = """async ([taps, held]) => {
  const WAY_MS = 300;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const list = document.querySelector("#queue");
  const told = { met: 0, moved: 0, wrong: [], missed: [] };
  let [pressed, hasMoved, onMove] = [null, false, () => null];
  const watch = new MutationObserver((changes) => {
    if (!changes.some(({ removedNodes }) => removedNodes.length)) return;
    hasMoved = true;
    onMove();
  });
  watch.observe(list, { childList: true });
  const note = (event) => {
    event.stopPropagation();
    if (event.target.closest("button")) pressed = rowAt(event.target);
  };
  const rowAt = (node) => node.closest("li")?.dataset.id;
  addEventListener("click", note, true);
  const touch = (type, node) => node.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerType: "touch" }));
  const under = ({ x, y }) => document.elementFromPoint(x, y) ?? document.body;
  const aim = () => {
    const places = [...list.querySelectorAll("li:not([hidden]) button[name=accept]")].map((button) => {
      const { left, top, width, height } = button.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2, id: rowAt(button), button };
    });
    const free = places.filter((place) => under(place) === place.button);
    return free[Math.floor(Math.random() * free.length)];
  };
  let tap = 0;
  while (tap < taps) {
    hasMoved = false;
    const aimed = aim();
    if (!aimed) { await pause(20); continue; }
    if (tap % held === 0) await new Promise((resolve) => (onMove = resolve));
    const at = performance.now();
    await pause(Math.random() * WAY_MS / 2);
    if (performance.now() - at > WAY_MS) continue;
    pressed = null;
    const down = under(aimed);
    const [met, moved] = [rowAt(down), hasMoved];
    touch("pointerdown", down);
    await pause(Math.random() * 20);
    const up = under(aimed);
    touch("pointerup", up);
    if (up === down) up.click();
    tap += 1;
    if (pressed !== null && pressed !== aimed.id) told.wrong.push([aimed.id, pressed]);
    if (moved) told.moved += 1;
    else if (met === aimed.id && (pressed || !aimed.button.isConnected)) told.met += 1;
    else told.missed.push([aimed.id, met, down.outerHTML.slice(0, 80)]);
  }
  watch.disconnect();
  removeEventListener("click", note, true);
  return told;
}"""
LOST = """() => {
  window.lost = 0;
  window.looking = setInterval(() => (window.lost += document.activeElement === document.body), 5);
}"""


async def ask(house: House, number: int) -> str:
    """From a phone of its own: what withdraws it."""
    house.client.session.cookie_jar.clear()
    receipt = await house.ask(singerName=f"Singer {number}", title=f"Song {number}")
    return str(receipt["trackingToken"])


async def leave(house: House, token: str) -> None:
    house.client.session.cookie_jar.clear()
    assert (await house.call("DELETE", f"/v1/public/requests/{token}"))[0] == 204


@asynccontextmanager
async def busy(house: House, waiting: int) -> AsyncIterator[None]:
    """So many wait; again and again the first leaves and another comes."""
    tokens = [await ask(house, number) for number in range(waiting)]

    async def go_on() -> None:
        number = waiting
        while True:
            await leave(house, tokens.pop(0))
            tokens.append(await ask(house, number))
            number += 1
            await asyncio.sleep(2 / EVENTS_PER_S)

    night = asyncio.create_task(go_on())
    try:
        yield
        assert not night.done(), night.exception()
    finally:
        night.cancel()
        await asyncio.gather(night, return_exceptions=True)


async def shifts(page: Page) -> list[object]:
    """What has moved by itself, once all is drawn."""
    await page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return list(await page.evaluate("window.shifts"))


async def test_what_comes_in_moves_nothing_on_any_page(people: People, house: House) -> None:
    host, screen, anna = await people.host(), await people.screen(), await people.singer("Anna")
    await ask(house, 0)
    await anna.ask("Hey Jude")
    await expect(anna.card("Hey Jude")).to_contain_text("Seen by the KJ.")
    await anna.search("bohemian")
    rhapsody = anna.song("Bohemian Rhapsody")
    await expect(rhapsody).to_be_visible()
    await expect(host.rows).to_have_count(2)
    await expect(screen.locator("#queue li")).to_have_count(2)
    pages = {"host": host.page, "screen": screen, "singer": anna.page}
    for page in pages.values():
        await page.evaluate(WATCH_SHIFTS)
    await house.ask(artist="Queen", title="Bohemian Rhapsody")
    for number in range(1, 4):
        await ask(house, number)
    await expect(rhapsody).to_contain_text("already in the queue")
    await expect(host.rows).to_have_count(6)
    await expect(screen.locator("#queue li")).to_have_count(6)
    await expect(anna.page.locator("#queue")).to_have_text("6 requests with the KJ")
    assert {name: await shifts(page) for name, page in pages.items()} == {name: [] for name in pages}


@pytest.mark.timeout(600)  # a busy machine aims often
async def test_no_tap_of_a_thousand_meets_another_row_than_it_was_meant_for(people: People, house: House) -> None:
    """Five hands share the thousand: each has a console before it, and all see the same night."""
    host = await people.host()
    hosts = [host, *[Host(await host.page.context.new_page()) for _ in range(1, HANDS)]]
    for other in hosts[1:]:
        await other.page.goto("/host")
        await other.is_live()
    async with busy(house, 10):
        for each in hosts:
            await expect(each.rows.nth(8)).to_be_visible()
        each_hand = [TAPS // HANDS, HELD_EVERY]
        told = await asyncio.gather(*(each.page.evaluate(TAP, each_hand) for each in hosts))
    assert [hand["wrong"] + hand["missed"] for hand in told] == [[]] * HANDS
    assert sum(hand["met"] + hand["moved"] for hand in told) == TAPS
    assert sum(hand["moved"] for hand in told) >= TAPS // HELD_EVERY


async def test_the_focus_is_never_lost_while_rows_come_and_go(people: People, house: House) -> None:
    host = await people.host()
    tokens = [await ask(house, number) for number in range(4)]
    await expect(host.rows).to_have_count(4)
    keyboard = host.page.keyboard
    await host.row("Song 1").focus()
    await keyboard.press("ArrowDown")
    await keyboard.press("Tab")
    await expect(host.row("Song 2").get_by_role("button", name="Accept")).to_be_focused()
    await host.page.evaluate(LOST)
    await leave(house, tokens[2])
    await expect(host.row("Song 2")).to_be_focused()
    await expect(host.row("Song 2")).to_contain_text("Withdrawn")
    await keyboard.press(".")
    await expect(host.row("Song 3")).to_be_focused()
    for token in (tokens[0], tokens[3]):
        await leave(house, token)
    await expect(host.page.get_by_role("button", name="2 changes")).to_be_visible()
    await keyboard.press(".")
    await expect(host.row("Song 1")).to_be_focused()
    await keyboard.press("a")
    await expect(host.page.locator("#queue")).to_be_focused()
    assert await host.page.evaluate("window.lost") == 0


async def test_a_singers_focus_stays_with_the_card_whatever_the_kj_decides(people: People, house: House) -> None:
    anna, headers = await people.singer("Anna"), await house.sign_in()
    await anna.ask("Hey Jude")
    await anna.card("Hey Jude").get_by_role("button", name="Change").focus()
    await anna.page.evaluate(LOST)
    await ask(house, 1)
    request_id = await house.value("SELECT min(requests_id) FROM requests")
    path = f"/v1/customer/requests/{request_id}"
    await house.call("PATCH", path, json={"status": "processed"}, headers=headers)
    okay = anna.card("Hey Jude").get_by_role("button", name="OK")
    await expect(okay).to_be_focused()
    await anna.page.keyboard.press("Enter")
    await expect(anna.page.locator(".card")).to_have_count(0)
    await expect(anna.page.locator("#mine")).to_be_focused()
    assert await anna.page.evaluate("window.lost") == 0


NAMES = ('<b onclick="alert(1)">Bo</b>', "محمد \u202eabc", "👩‍👩‍👧‍👦🎤🏳️‍🌈", "W" * 100)


@pytest.mark.parametrize("name", NAMES, ids=["html", "right-to-left", "emoji", "long"])
async def test_whatever_a_name_is_every_page_shows_it_and_stays_in_shape(name: str, people: People) -> None:
    host, screen, singer = await people.host(), await people.screen(), await people.singer(name)
    await singer.ask("Hey Jude")
    await expect(singer.card("Hey Jude")).to_contain_text("Seen by the KJ.")
    stored = await people.house.value("SELECT singer_name FROM requests")
    await expect(host.page.locator("#queue .who b")).to_have_text(stored)
    await expect(screen.locator("#queue b")).not_to_be_empty()
    for page in (host.page, screen, singer.page):
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row = await host.page.locator("#queue li").bounding_box()
    assert row
    assert row["height"] == 64
