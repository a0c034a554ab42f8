"""What a long night leaves behind in the venue's screen: its heap, nodes and listeners at the start, middle and end.

`LONG_NIGHT_EVENTS` (2160) changes go by as quickly as the server takes them: twelve hours, three a minute. Each figure
is taken after a garbage collection; the reference is the page's own at the start, once a tenth of the changes is over.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from bench.figures import Figure

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

    from bench.pages.place import Place

BY_NAME_ALONE = True
WAITING = 10
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


async def run() -> list[Figure]:
    from bench.pages import place  # what only these benches need

    async with place.opened() as here:
        return await lasting(here, int(os.environ.get("LONG_NIGHT_EVENTS", "2160")))


async def lasting(here: Place, events: int) -> list[Figure]:
    from tests.browser.people import TV, VENUE

    context = await here.context(TV)
    page, heard = await context.new_page(), 0

    def hear(_: Any) -> None:
        nonlocal heard
        heard += 1

    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    await page.goto(f"/v/{VENUE}/screen")
    waiting = [await here.ask(f"Waiting {number}") for number in range(WAITING)]
    await page.locator("#queue li").first.wait_for()
    link = await context.new_cdp_session(page)
    await link.send("Performance.enable")
    await _changed(here, waiting, events // 10)  # whatever is built once is built
    start, heard = await _measures(page, link), 0
    await _changed(here, waiting, events // 2)
    middle = await _measures(page, link)
    await _changed(here, waiting, events // 2)
    end = await _measures(page, link)
    await context.close()
    return [
        *_both("heap", "MB", "growth ≤ 5", start, middle, end),
        *_both("nodes, with texts", "", "constant", start, middle, end),
        *_both("listeners", "", "constant", start, middle, end),
        Figure(name="changes it lived through", unit="", runs=[events], reference=[heard],
               reference_name="messages: changes that come together are one"),
    ]  # fmt: skip


async def _changed(here: Place, waiting: list[tuple[str, dict[str, str]]], events: int) -> None:
    for number in range(events // 2):
        waiting.append(await here.ask(f"Song {number}"))
        await here.leave(*waiting.pop(0))


async def _measures(page: Page, link: CDPSession) -> dict[str, float]:
    """Once all is drawn: what is about to be drawn still holds on to nodes that have gone."""
    for _ in range(2):
        await page.evaluate(DRAWN)
        await link.send("HeapProfiler.collectGarbage")
    metrics = (await link.send("Performance.getMetrics"))["metrics"]
    found = {metric["name"]: metric["value"] for metric in metrics}
    return {
        "heap": found["JSHeapUsedSize"] / 1e6,
        "listeners": found["JSEventListeners"],
        "nodes, with texts": found["Nodes"],
    }


def _both(of: str, unit: str, budget: str, start: dict[str, float], *later: dict[str, float]) -> list[Figure]:
    """The middle and the end beside the start."""
    names = (f"{of} in the middle", f"{of} at the end")
    return [Figure(name=name, unit=unit, runs=[found[of]], reference=[start[of]], reference_name="at the start",
                   budget=budget) for name, found in zip(names, later, strict=True)]  # fmt: skip
