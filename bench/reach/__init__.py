"""Reach: how many watchers one machine holds, what each costs, and how soon all of them know.

`REACH` is how many (50,000), `REACH_PROCESSES` how many servers share the port (4), `REACH_S` how long they may take to
come (600). Go builds the receivers.
"""

from __future__ import annotations

from bench.figures import Figure

BY_NAME_ALONE = True


async def run() -> list[Figure]:
    from bench.reach import filling  # what only this bench needs

    return await filling.run()
