"""What is printed when the night is on, with the singer page as a QR code that phones read off the terminal."""

from __future__ import annotations

from itertools import zip_longest

import segno

from singr.up.demo import Night

QUIET_ZONE = 4
HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
DARK_ON_LIGHT, PLAIN = "\x1b[30;107m", "\x1b[0m"


def text(night: Night, *, phones_url: str, colour: bool, blocks: bool = True) -> str:
    """The whole announcement. `phones_url` is the base URL as other machines in the network see it; `colour` for a
    terminal; without `blocks` (an encoding that lacks them) there is no QR code."""
    base, singers = night.base_url, f"{phones_url}/v/{night.venue_url_name}"
    host, admin = night.users.host, night.users.admin
    return "\n".join(
        [
            "",
            "The night is on. Ctrl-C ends it; the data stays.",
            "",
            f"  Host console   {base}/host",
            f"                 {host.email} / {host.password}   (admin: {admin.email} / {admin.password})",
            f"  Singer page    {singers}",
            f"  Venue screen   {base}/v/{night.venue_url_name}/screen",
            f"  OpenKJ URL     {night.openkj.url}",
            f"  OpenKJ API key {night.openkj.api_key}",
            f"  API docs       {base}/docs",
            "",
            *(["  Singers scan this:", ""] if blocks else []),
            *(f"  {line}" for line in (qr_lines(singers, colour=colour) if blocks else [])),
        ]
    )


def qr_lines(content: str, *, colour: bool) -> list[str]:
    """Two rows of modules a line. Without colours a dark terminal is assumed: light modules are drawn."""
    modules = [list(row) for row in segno.make(content, error="m", micro=False).matrix_iter(border=QUIET_ZONE)]
    drawn = [[bool(module) == colour for module in row] for row in modules]
    nothing = [False] * len(drawn[0])
    pairs = zip_longest(drawn[::2], drawn[1::2], fillvalue=nothing)
    lines = ["".join(HALVES[int(a), int(b)] for a, b in zip(upper, lower, strict=True)) for upper, lower in pairs]
    return [f"{DARK_ON_LIGHT}{line}{PLAIN}" for line in lines] if colour else lines
