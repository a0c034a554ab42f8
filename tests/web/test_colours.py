"""The pages' colours by WCAG's formula: a text has seven times the light of what it stands on, or a seventh."""

from __future__ import annotations

import re
from itertools import product

import pytest

from singr.web.page import STYLES

SURFACES, TEXTS = ("ground", "raised", "lifted"), ("text", "muted", "ink", "good", "warning", "bad")
TEXT_MIN, EDGE_MIN = 7, 3


def themes() -> dict[str, dict[str, str]]:
    """Colours by name; what the light theme does not say is as in the dark one."""
    css = (STYLES / "common.css").read_text("utf-8")
    blocks = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root.*?\{(.+?)\}", css, re.S)]
    return {"dark": blocks[0], "light": blocks[0] | blocks[1]}


def luminance(colour: str) -> float:
    """Relative, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_text_can_be_read_on_every_surface(theme: str) -> None:
    colours = themes()[theme]
    pairs = [*product(TEXTS, SURFACES), ("on-accent", "accent"), ("text", "band")]
    found = {(text, on): contrast(colours[text], colours[on]) for text, on in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < TEXT_MIN} == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_edge_of_every_control_can_be_seen(theme: str) -> None:
    colours = themes()[theme]
    found = {on: contrast(colours["edge"], colours[on]) for on in SURFACES}
    assert {on: ratio for on, ratio in found.items() if ratio < EDGE_MIN} == {}
