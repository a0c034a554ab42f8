"""What a page weighs, and when a slow phone can use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Page

from bench.figures import Figure
from bench.pages.place import Place
from tests.browser.people import LAPTOP, PHONE, TV, VENUE

RUNS = 5
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
SLOWER_CPU = 6
NOTHING = "/healthz"
# By the page's own clock, at the moment: whoever asks from outside hears of it late.
NOTE = """(() => {
  const look = () => {
    if (window.usableAt === undefined && (%s)) window.usableAt = performance.now();
  };
  const everything = { attributes: true, characterData: true, childList: true, subtree: true };
  new MutationObserver(look).observe(document, everything);
})()"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True)
class Budget:
    """`usable` is true in the page from then on; bytes are compressed."""

    name: str
    path: str
    size: tuple[int, int]
    usable: str
    first_kb: float
    requests: int
    usable_s: float
    repeat_kb: float | None


PAGES = (
    Budget("singer", f"/v/{VENUE}", PHONE, "document.body?.classList.contains('scripted')", 30, 3, 1.2, 2),
    Budget("host", "/host", LAPTOP, "document.querySelector('#door')?.checkVisibility()", 50, 4, 1.5, 2),
    Budget("TV", f"/v/{VENUE}/screen", TV, "document.querySelector('#clock')?.textContent", 30, 3, 2, None),
)


@dataclass
class Load:
    """What one load took until there was something to see, and until the page was usable."""

    seen_s: float = 0
    usable_s: float = 0
    bytes: float = 0
    urls: set[str] = field(default_factory=set)


async def measured(here: Place) -> list[Figure]:
    figures = []
    for budget in PAGES:
        firsts, repeats, floors = [], [], []
        for _ in range(RUNS):
            floors.append(await _alone(here, budget))
            context = await here.context(budget.size)
            firsts.append(await _load(context, budget.path, budget.usable))
            repeats.append(await _load(context, budget.path, budget.usable))
            await context.close()
        figures += _figures(budget, firsts, repeats, floors)
    return figures


async def _alone(here: Place, budget: Budget) -> Load:
    """The reference: an answer that needs nothing else."""
    context = await here.context(budget.size)
    load = await _load(context, NOTHING, "document.body")
    await context.close()
    return load


async def _load(context: BrowserContext, path: str, usable: str) -> Load:
    page = await context.new_page()
    link, load = await context.new_cdp_session(page), Load()
    asked = await _listen(link, load)
    await link.send("Network.emulateNetworkConditions", SLOW)
    await link.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    await page.add_init_script(NOTE % usable)
    await page.goto(path, wait_until="commit")
    load.usable_s = await _seconds(page, "window.usableAt")
    load.urls = set(asked)
    await page.wait_for_load_state("load")
    load.seen_s = await _seconds(page, PAINTED)
    load.bytes = sum(asked[url] for url in load.urls)
    await page.close()
    return load


async def _seconds(page: Page, milliseconds: str) -> float:
    return float(await (await page.wait_for_function(f"() => {milliseconds}")).json_value()) / 1000


async def _listen(link: CDPSession, load: Load) -> dict[str, float]:
    """Bytes on the wire by URL, filled as they come; API calls and the live stream come after a page is usable."""
    asked: dict[str, float] = {}
    names: dict[str, str] = {}

    def begin(event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if "/v1/" not in url and not url.startswith("data:"):
            names[event["requestId"]] = url
            asked.setdefault(url, 0)

    def end(event: dict[str, Any]) -> None:
        if event["requestId"] in names:
            asked[names[event["requestId"]]] += event["encodedDataLength"]

    link.on("Network.requestWillBeSent", begin)
    link.on("Network.loadingFinished", end)
    await link.send("Network.enable")
    return asked


def _figures(budget: Budget, firsts: list[Load], repeats: list[Load], floors: list[Load]) -> list[Figure]:
    least: dict[str, Any] = {"reference_name": "an empty answer"}
    kb = [load.bytes / 1000 for load in floors]
    found = [
        Figure(name=f"{budget.name}: first load", unit="kB", runs=[load.bytes / 1000 for load in firsts],
               reference=kb, budget=f"≤ {budget.first_kb}", **least),
        Figure(name=f"{budget.name}: requests until usable", unit="", runs=[len(load.urls) for load in firsts],
               reference=[len(load.urls) for load in floors], budget=f"≤ {budget.requests}", **least),
        Figure(name=f"{budget.name}: on screen, slow phone", unit="s", runs=[load.seen_s for load in firsts],
               reference=[load.seen_s for load in floors], **least),
        Figure(name=f"{budget.name}: usable, slow phone", unit="s", runs=[load.usable_s for load in firsts],
               reference=[load.usable_s for load in floors], budget=f"≤ {budget.usable_s}", **least),
    ]  # fmt: skip
    if budget.repeat_kb is not None:
        repeat = [load.bytes / 1000 for load in repeats]
        found.append(Figure(name=f"{budget.name}: repeat load", unit="kB", runs=repeat, reference=kb,
                            budget=f"≤ {budget.repeat_kb}", **least))  # fmt: skip
    return found
