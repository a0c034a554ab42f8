"""What people read, and a QR code that is really one."""

from __future__ import annotations

import segno

from singr.seed import Demo
from singr.up import banner
from singr.up.demo import night_of

NIGHT = night_of("http://localhost:8080", Demo("skj_key"))
BITS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def coloured(content: str) -> list[str]:
    """The drawing for a terminal, without its colours."""
    lines = banner.qr_lines(content, colour=True)
    return [line.removeprefix(banner.DARK_ON_LIGHT).removesuffix(banner.PLAIN) for line in lines]


def test_everything_one_needs_is_printed() -> None:
    said = banner.text(NIGHT, phones_url="http://10.0.0.5:8080", colour=False)
    for part in (
        *("http://localhost:8080/host", "http://localhost:8080/v1/openkj/api/command", "skj_key"),
        *("http://10.0.0.5:8080/v/test-karaoke-bar", "customer@example.com / Customer123!", "/docs"),
    ):
        assert part in said


def test_no_blocks_where_they_cannot_be_shown() -> None:
    said = banner.text(NIGHT, phones_url="http://10.0.0.5:8080", colour=False, blocks=False)
    assert said.isascii()


def test_the_drawing_holds_the_code_s_modules() -> None:
    content = "http://10.0.0.5:8080/v/test-karaoke-bar"
    code = segno.make(content, error="m", micro=False)
    wanted = [list(row) for row in code.matrix_iter(border=banner.QUIET_ZONE)]
    rows = [[BITS[char][half] for char in line] for line in coloured(content) for half in (0, 1)]
    assert rows[: len(wanted)] == wanted


def test_without_colours_light_modules_are_drawn() -> None:
    inverse = str.maketrans(" ▀▄█", "█▄▀ ")
    plain = banner.qr_lines("http://x", colour=False)
    assert [line.translate(inverse) for line in coloured("http://x")[:-1]] == plain[:-1]
