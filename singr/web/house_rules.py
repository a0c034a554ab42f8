"""A venue's house rules as its guests read them; `static/singer/rules.js` says the same when they change."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from singr.venues.rules import Rules, last_call
from singr.web.words import Words, say


def told(words: Words, rules: Rules, privacy: str, zone: ZoneInfo) -> Iterator[str]:
    """A line a rule."""
    if rules.requests_per_singer:
        yield say(words, "rule_waiting", n=rules.requests_per_singer)
    if rules.cooldown_minutes:
        yield say(words, "rule_cooldown", n=rules.cooldown_minutes)
    if rules.song_once_per_night:
        yield say(words, "rule_song_once")
    if rules.duplicate_policy == "refuse":
        yield say(words, "rule_own_song")
    if call := last_call(rules, zone):
        time, is_over = call
        yield say(words, "rule_last_call_over" if is_over else "rule_last_call", time=time)
    yield say(words, f"others_{privacy}")
