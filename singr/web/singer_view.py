"""The singer page as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from uuid import uuid4

from aiohttp import web

from singr.core import clock
from singr.core.errors import Problem
from singr.http.call import Call
from singr.queue.rules import Blocked, DuplicateRequest, TooManyRequests, VenueClosed
from singr.venues import rules
from singr.venues.rules import Rules
from singr.venues.shapes import VenueRow
from singr.web import finding, house_rules, others, own
from singr.web.assets import ASSETS, WORKER
from singr.web.finding import Looking
from singr.web.markup import Markup, fill, join, template
from singr.web.page import dress, respond_with
from singr.web.words import Words, labels, language_of, of_page, say

DRESS = dress("singer", script="singer/singer.js", policies="worker")
BODY, SHEET = template("singer"), template("sheet")
CARD = Template(
    '<li class="card" data-request="$json" data-token="$token"><div><b dir="auto">$title</b>'
    '<span dir="auto">$artist</span><p class="standing" data-tone="$tone">$text</p></div>$withdraw</li>'
)
WITHDRAW = Template(
    '<form method="post" action="$path/withdraw"><input type="hidden" name="token" value="$token">'
    "<button>$label</button></form>"
)
RULE = Template("<li>$text</li>")
KEY = Template('<option value="$n"$chosen>$label</option>')
KEY_MAX = 12


@dataclass(frozen=True, slots=True)
class Asking:
    """The sheet: open when there is a song or a problem to tell."""

    song_id: str = ""
    title: str = ""
    artist: str = ""
    singer_name: str = ""
    key_change: str = "0"
    notes: str = ""
    problem: Problem | None = None


def filled_in(form: dict[str, str]) -> Asking:
    """The sheet as somebody sent it."""
    return Asking(
        song_id=form.get("songId", ""),
        singer_name=form.get("singerName", ""),
        key_change=form.get("keyChange", "0"),
        notes=form.get("notes", ""),
    )


async def page(
    call: Call,
    request: web.Request,
    venue: VenueRow,
    mine: list[own.OwnRequest],
    looking: Looking,
    asking: Asking,
    *,
    kiosk: str = "",
) -> web.Response:
    """The whole page, with the status of the sheet's problem; `kiosk` is where a shared tablet begins anew."""
    words = of_page("singer", language_of(request))
    path = f"/v/{venue.url_name}"
    listed = await finding.listed(call, words, venue, looking)
    body = fill(
        BODY,
        **labels(words)
        | {
            "path": path,
            "url_name": venue.url_name,
            "venue_id": str(venue.id),
            "name": venue.name,
            "kiosk": kiosk,
            "open": str(venue.accepting_requests).lower(),
            "connected": str(venue.openkj_connected).lower(),
            "worker": ASSETS[WORKER].url,
            "message": venue.message or "",
            "rules": join(fill(RULE, text=line) for line in _rules(words, venue)),
            "q": looking.q,
            "searching": " hidden" if looking.q else "",
            "ways": finding.ways(words, kiosk or path, looking),
            "letters": listed.letters,
            "heading": listed.heading,
            "asked": finding.hidden(looking),
            "results": listed.results,
            "none": listed.none,
            "meant": listed.meant,
            "cursor": listed.cursor or "",
            "queue": _queue(words, venue),
            "cards": join(_cards(call, words, path, mine)),
            "sheet": _sheet(words, path, looking, asking, rules.read(venue.rules)),
            "languages": others.languages(words),
        },
    )
    title = say(words, "page_title", venue=venue.name)
    status = asking.problem.status if asking.problem else 200
    return respond_with(request, DRESS, title=title, body=body, status=status, words=words)


def _queue(words: Words, venue: VenueRow) -> str:
    if venue.waiting:
        return say(words, "queue", n=venue.waiting)
    return say(words, "queue_empty" if venue.accepting_requests else "queue_none")


def _rules(words: Words, venue: VenueRow) -> Iterable[str]:
    return house_rules.told(words, rules.read(venue.rules), venue.queue_privacy, clock.zone(venue.time_zone))


def _cards(call: Call, words: Words, path: str, mine: list[own.OwnRequest]) -> Iterable[Markup]:
    for row in mine:
        token, standing = own.token(call.kit.settings, row), own.standing(words, row)
        form = fill(WITHDRAW, path=path, token=token, label=say(words, "withdraw"))
        yield fill(
            CARD,
            json=own.as_json(row),
            token=token,
            title=row.title,
            artist=row.artist,
            tone=standing.tone,
            text=standing.text,
            withdraw=form if row.status == "pending" else Markup(),
        )


def _sheet(words: Words, path: str, looking: Looking, asking: Asking, house: Rules) -> Markup:
    is_final = house.song_once_per_night or house.duplicate_policy == "refuse"
    again = isinstance(asking.problem, DuplicateRequest) and not is_final
    shown = bool(asking.song_id or asking.problem)
    return fill(
        SHEET,
        **labels(words)
        | {
            "path": path,
            "shown": " open" if shown else "",
            "title": asking.title,
            "artist": asking.artist,
            "error": _error(words, asking.problem, house),
            "song_id": asking.song_id,
            "asked": finding.hidden(looking),
            "request_key": str(uuid4()) if shown else "",
            "allow_duplicate": str(again).lower(),
            "singer_name": asking.singer_name if shown else "",
            "notes": asking.notes,
            "details_open": " open" if asking.notes or asking.key_change != "0" else "",
            "keys": join(_keys(words, asking.key_change)),
            "ask_label": say(words, "ask_anyway" if again else "ask"),
            "back": path,
        },
    )


def _error(words: Words, problem: Problem | None, house: Rules) -> str:
    if problem is None:
        return ""
    if isinstance(problem, DuplicateRequest):
        return say(words, "sung_once" if house.song_once_per_night else "duplicate")
    if isinstance(problem, VenueClosed):
        return say(words, "closed_meanwhile")
    if isinstance(problem, Blocked):
        return say(words, "blocked")
    if isinstance(problem, TooManyRequests) and problem.retry_after_s is None:
        return say(words, "rule_waiting", n=house.requests_per_singer or 1)
    if isinstance(problem, TooManyRequests) and house.cooldown_minutes:
        return say(words, "rule_cooldown", n=house.cooldown_minutes)
    if any(error.field == "singerName" for error in problem.errors):
        return say(words, "name_lacking")
    return say(words, "not_taken", reason=problem.detail)


def _keys(words: Words, chosen: str) -> Iterable[Markup]:
    for n in range(KEY_MAX, -KEY_MAX - 1, -1):
        key = "key_up" if n > 0 else "key_down"
        label = say(words, key, n=abs(n)) if n else say(words, "key_original")
        yield fill(KEY, n=n, label=label, chosen=" selected" if str(n) == chosen else "")
