"""House rules: how many songs a singer may have waiting, how often they may ask, when the last call was, and what the
others see of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from singr.core import clock
from singr.core.instants import Instant

UTC = ZoneInfo("UTC")
ONE_NIGHT = timedelta(days=1)

DuplicatePolicy = Literal["warn", "refuse", "allow"]
# Others see how many wait, the songs, or the songs and who sings them.
Privacy = Literal["hidden", "anonymous", "first_names"]


class Rules(Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What is left out does not limit. A singer is a phone or an account.

    `requestsPerSinger` may wait at a time; `cooldownMinutes` lie between two requests of a singer; `songOncePerNight`:
    a song that waits or was sung tonight is not taken again, from anybody; `duplicatePolicy` is about a song that the
    singer has waiting: `warn` takes it when asked twice, `refuse` never, `allow` always; after `lastCallAt` nothing is
    taken for the rest of that night.
    """

    requests_per_singer: Annotated[int, Meta(ge=1, le=50)] | None = None
    cooldown_minutes: Annotated[int, Meta(ge=1, le=240)] | None = None
    song_once_per_night: bool = False
    duplicate_policy: DuplicatePolicy = "warn"
    last_call_at: Instant | None = None


Preset = Literal["open", "fair", "busy"]

PRESETS: dict[Preset, Rules] = {
    "open": Rules(),
    "fair": Rules(requests_per_singer=2, cooldown_minutes=5),
    "busy": Rules(requests_per_singer=1, cooldown_minutes=15, song_once_per_night=True, duplicate_policy="refuse"),
}


PRIVACY_OF: dict[Preset, Privacy] = {"open": "hidden", "fair": "anonymous", "busy": "anonymous"}
OTHERS_SEE: dict[str, str] = {
    "hidden": "Others see neither your name nor your song.",
    "anonymous": "Others see your song, but not your name.",
    "first_names": "Others see your song and your first name.",
}


class NamedRules(Struct, rename="camel"):
    """A preset: `words` is what guests would read."""

    name: str
    rules: Rules
    queue_privacy: Privacy
    words: list[str]


def chosen(rules: Rules | Preset) -> dict[str, Any]:
    """Rules, or those of a preset, as they are stored."""
    found: dict[str, Any] = msgspec.to_builtins(PRESETS[rules] if isinstance(rules, str) else rules)
    return found


def read(stored: dict[str, Any]) -> Rules:
    return msgspec.convert(stored, Rules)


def last_call(rules: Rules, zone: ZoneInfo) -> tuple[str, bool] | None:
    """The time of tonight's last call on the wall clock there, "23:30", and whether it is over; None without one."""
    if rules.last_call_at is None:
        return None
    began = clock.night_began(zone)
    if not began <= rules.last_call_at < began + ONE_NIGHT:
        return None
    return f"{rules.last_call_at.astimezone(zone):%H:%M}", rules.last_call_at <= clock.now()


def words(rules: Rules, privacy: str, zone: ZoneInfo = UTC) -> list[str]:
    """The rules as guests read them, times on the clock of that zone."""
    told = []
    if rules.requests_per_singer:
        songs = "one song" if rules.requests_per_singer == 1 else f"{rules.requests_per_singer} songs"
        told.append(f"You may have {songs} waiting at a time.")
    if rules.cooldown_minutes:
        unit = "minute" if rules.cooldown_minutes == 1 else "minutes"
        told.append(f"Leave {rules.cooldown_minutes} {unit} between two requests.")
    if rules.song_once_per_night:
        told.append("Each song is sung once a night.")
    if rules.duplicate_policy == "refuse":
        told.append("The same song cannot wait twice for you.")
    if call := last_call(rules, zone):
        told.append(f"The last call was at {call[0]}." if call[1] else f"Last call at {call[0]}.")
    return [*told, OTHERS_SEE[privacy]]


def presets() -> list[NamedRules]:
    return [NamedRules(name, PRESETS[name], seen, words(PRESETS[name], seen)) for name, seen in PRIVACY_OF.items()]
