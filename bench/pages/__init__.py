"""The pages beside their budgets: weight, time to usable on a slow phone, how soon people see what others do.

Slow means a sixth of the processor, 1.6 Mbit/s and 300 ms to the server. The reference of a load is an answer without
anything in it from the same server, fetched by the same browser in the same way. `PAGES_CUTS` (1000) is how many
requests meet a network that loses calls and answers.
"""

from __future__ import annotations

import os

from bench.figures import Figure

BY_NAME_ALONE = True


async def run() -> list[Figure]:
    from bench.pages import cuts, life, loads, place  # what only this bench needs

    async with place.opened() as here:
        return [
            *await loads.measured(here),
            *await life.typing(here),
            *await life.seeing(here),
            *await cuts.met(here, int(os.environ.get("PAGES_CUTS", "1000"))),
        ]
