"""So many requests on a network that loses calls on their way there and answers on their way back."""

from __future__ import annotations

import asyncio

import asyncpg

from bench.figures import Figure
from bench.pages.place import Place
from tests.browser import cutting
from tests.browser.people import PHONE, VENUE

EACH, TOGETHER = 4, 4  # a phone may ask ten times an hour, and asking again counts
COUNTED = "SELECT count(*), count(DISTINCT (artist, title)) FROM requests WHERE title LIKE 'Cut %'"


async def met(here: Place, requests: int) -> list[Figure]:
    network, phones = cutting.Network(), -(-requests // EACH)
    for begun in range(0, phones, TOGETHER):
        await asyncio.gather(*(_ask(here, network, phone) for phone in range(begun, min(begun + TOGETHER, phones))))
    link = await asyncpg.connect(here.database, timeout=10)
    made, different = await link.fetchrow(COUNTED)
    await link.close(timeout=10)
    asked = phones * EACH
    return [
        Figure(name="requests that met a network with cuts", unit="", runs=[different], reference=[asked],
               reference_name="asked for", budget=f"all {asked}"),
        Figure(name="of them made twice", unit="", runs=[made - different], reference=[network.lost],
               reference_name="calls or answers lost", budget="0"),
    ]  # fmt: skip


async def _ask(here: Place, network: cutting.Network, phone: int) -> None:
    context = await here.context(PHONE)
    page = await context.new_page()
    await page.goto(f"/v/{VENUE}")
    await page.route(f"**/v1/public/venues/{VENUE}/requests", network)
    await page.evaluate(cutting.PUT, [cutting.entry(f"Phone {phone}", f"Cut {n}") for n in range(EACH)])
    await page.reload()
    await cutting.sent(page)
    await context.close()
