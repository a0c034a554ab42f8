"""The reference client: a venue, live, as every client should keep it. It needs nothing of Singr but its address.

    async with aiohttp.ClientSession() as session:
        live = Live(session, "http://localhost:8080", "the-anchor")
        live.told.append(lambda: print(live.status, live.version, len(live.requests)))
        await live.run()

`singr/web/static/live/` is the same in a browser: the same states, the same figures.

    live     connects, reconnects, and says how true it is      ledger    what the stream has told so far
    ways     the two transports                                 endings   why a connection ended, and what then
"""

from singr.client.endings import Ending
from singr.client.ledger import Ledger, Lost
from singr.client.live import Live, Status

__all__ = ["Ending", "Ledger", "Live", "Lost", "Status"]
