"""Law: a change moves the venue's version once when a watcher sees a difference, OpenKJ's serial once when OpenKJ would
see one, and neither otherwise; and the audit names who did it. Whoever adds a way to change the queue, a venue or a
system adds a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import asyncpg
import pytest

from singr import table
from tests.house import API_KEY, SONG, VENUE, House

AREAS = (
    *("queue.", "venues.", "systems.", "singers.requests."),
    *("web.singer.", "web.kiosk.", "openkj.rest.", "openkj.routes."),
)
# Changes nothing that is kept.
EXEMPT = {"queue.watching.issue_ticket"}

Ids = dict[str, Any]
Asked = tuple[str, str, Any]


@dataclass(frozen=True)
class Change:
    """`row` is asked as `by` with what `call` makes of the ids; by how much version and serial then move."""

    row: str
    by: str
    version: int
    serial: int
    call: Callable[[Ids], Asked]

    def __str__(self) -> str:
        return self.row


def guest(row: str, version: int, serial: int, call: Callable[[Ids], Asked]) -> Change:
    return Change(row, "guest", version, serial, call)


def host(row: str, version: int, serial: int, call: Callable[[Ids], Asked]) -> Change:
    return Change(row, "user", version, serial, call)


def singer(row: str, version: int, serial: int, call: Callable[[Ids], Asked]) -> Change:
    return Change(row, "singer", version, serial, call)


def key(row: str, version: int, serial: int, call: Callable[[Ids], Asked]) -> Change:
    return Change(row, "key", version, serial, call)


REQUESTS, VENUES, SYSTEMS = (f"/v1/customer/{name}" for name in ("requests", "venues", "systems"))
PAGE, OPENKJ, KEYED = "/v/test-karaoke-bar", "/api.php", f"/api/requests/{API_KEY}"


def change(**given: Any) -> Callable[[Ids], Asked]:
    return lambda at: ("PATCH", f"{VENUES}/{at['venue']}", given)


def rotate(preset: str) -> Callable[[Ids], Asked]:
    return lambda at: ("PATCH", f"{VENUES}/{at['venue']}/rotation", {"preset": preset, "locked": at["waiting"]})


def edit(**given: Any) -> Callable[[Ids], Asked]:
    return lambda at: ("PATCH", f"/v1/public/requests/{at['token']}", given)


def command(name: str, **given: Any) -> Callable[[Ids], Asked]:
    return lambda at: ("POST", OPENKJ, {"command": name, "api_key": API_KEY, "venue_id": 1001, **given})


# In the order in which they happen to one house; those of one row stand together.
CHANGES = (
    guest("queue.guests.submit", 1, 1, lambda at: ("POST", f"{VENUE}/requests", SONG | {"title": "new"})),
    guest("queue.guests.submit", 0, 0, lambda at: ("POST", f"{VENUE}/requests", SONG | {"title": "new"})),
    guest("queue.guests.edit", 1, 1, edit(keyChange=2)),
    guest("queue.guests.edit", 0, 0, edit(keyChange=2)),
    guest("queue.guests.edit", 1, 1, edit(title="Other")),
    guest("queue.guests.edit", 1, 1, edit(singerName="Bo")),
    guest("queue.guests.edit", 1, 0, edit(notes="softly")),
    guest("queue.guests.withdraw", 1, 1, lambda at: ("DELETE", f"/v1/public/requests/{at['token']}", None)),
    guest("queue.guests.withdraw", 0, 0, lambda at: ("DELETE", f"/v1/public/requests/{at['token']}", None)),
    host("queue.hosts.add", 1, 1, lambda at: ("POST", REQUESTS, SONG | {"venueId": at["venue"]})),
    host("queue.hosts.settle", 1, 1, lambda at: ("PATCH", f"{REQUESTS}/{at['waiting']}", {"status": "rejected"})),
    host("queue.hosts.settle", 0, 0, lambda at: ("PATCH", f"{REQUESTS}/{at['waiting']}", {"status": "rejected"})),
    host("queue.hosts.settle", 0, 0, lambda at: ("PATCH", f"{REQUESTS}/{at['waiting']}", {"status": "processed"})),
    host("queue.hosts.restore", 1, 1, lambda at: ("POST", f"{REQUESTS}/{at['done']}/restore", None)),
    host("queue.hosts.restore", 0, 0, lambda at: ("POST", f"{REQUESTS}/{at['done']}/restore", None)),
    host(
        "queue.hosts.settle_many",
        *(1, 1, lambda at: ("POST", f"{REQUESTS}/bulk", {"ids": [at["waiting"], at["other"]], "status": "processed"})),
    ),
    host(
        "queue.hosts.settle_many",
        *(0, 0, lambda at: ("POST", f"{REQUESTS}/bulk", {"ids": [at["waiting"]], "status": "processed"})),
    ),
    host("queue.hosts.clear", 1, 1, lambda at: ("POST", f"{REQUESTS}/clear", {"venueId": at["venue"]})),
    host("queue.hosts.clear", 0, 0, lambda at: ("POST", f"{REQUESTS}/clear", {"venueId": at["venue"]})),
    host("queue.hosts.see", 1, 0, lambda at: ("POST", f"{REQUESTS}/seen", {"venueId": at["venue"], "upTo": 10**9})),
    host("queue.hosts.see", 0, 0, lambda at: ("POST", f"{REQUESTS}/seen", {"venueId": at["venue"], "upTo": 10**9})),
    host("queue.blocks.block", 0, 0, lambda at: ("POST", f"{VENUES}/{at['venue']}/blocks", {"singerName": "Zed"})),
    host("queue.blocks.lift", 0, 0, lambda at: ("DELETE", f"{VENUES}/{at['venue']}/blocks/{at['block']}", None)),
    host("queue.rotations.change", 1, 0, rotate("fewest")),
    host("queue.rotations.change", 0, 0, rotate("fewest")),
    host("queue.rotations.change", 1, 0, rotate("off")),
    host("venues.editing.create", 0, 1, lambda at: ("POST", VENUES, {"name": "Third"})),
    host("venues.editing.change", 1, 1, change(name="New")),
    host("venues.editing.change", 0, 0, change(name="New")),
    host("venues.editing.change", 1, 1, change(acceptingRequests=False)),
    host("venues.editing.change", 1, 0, change(message="Hello")),
    host("venues.editing.change", 1, 0, change(queuePrivacy="hidden")),
    host("venues.editing.change", 1, 0, change(currentSystemId=2)),
    host("venues.editing.change", 1, 0, change(rules="fair")),
    host("venues.editing.change", 0, 0, change(rules="fair")),
    host("venues.editing.change", 0, 0, change(address="Elsewhere", phoneNumber=None)),
    host("venues.editing.change", 1, 1, change(urlName="elsewhere")),
    host("venues.editing.replace", 1, 1, lambda at: ("PUT", f"{VENUES}/{at['venue']}", {"name": "New"})),
    host("venues.editing.remove", 0, 0, lambda at: ("DELETE", f"{VENUES}/{at['second']}", None)),
    host("venues.editing.remove", 0, 1, lambda at: ("DELETE", f"{VENUES}/{at['second']}?confirm", None)),
    host("systems.editing.create", 0, 0, lambda at: ("POST", SYSTEMS, {"name": "Third"})),
    host("systems.editing.rename", 0, 0, lambda at: ("PATCH", f"{SYSTEMS}/2", {"name": "Other"})),
    host("systems.editing.remove", 0, 0, lambda at: ("DELETE", f"{SYSTEMS}/2?confirm", None)),
    singer(
        "singers.requests.submit",
        *(1, 1, lambda at: ("POST", "/v1/singer/requests", SONG | {"venue": "test-karaoke-bar", "title": "mine"})),
    ),
    singer("singers.requests.edit", 1, 1, lambda at: ("PATCH", f"/v1/singer/requests/{at['own']}", {"keyChange": 1})),
    singer("singers.requests.edit", 0, 0, lambda at: ("PATCH", f"/v1/singer/requests/{at['own']}", {"keyChange": 1})),
    singer("singers.requests.withdraw", 1, 1, lambda at: ("DELETE", f"/v1/singer/requests/{at['own']}", None)),
    guest("web.singer.ask", 1, 1, lambda at: ("FORM", PAGE, {"songId": at["song"], "singerName": "Ann"})),
    guest("web.singer.withdraw", 1, 1, lambda at: ("FORM", f"{PAGE}/withdraw", {"token": at["token"]})),
    host("web.kiosk.make_link", 0, 0, lambda at: ("POST", f"{VENUES}/{at['venue']}/kiosk", None)),
    host("web.kiosk.revoke_link", 0, 0, lambda at: ("DELETE", f"{VENUES}/{at['venue']}/kiosk", None)),
    key("openkj.rest.submit", 1, 1, lambda at: ("POST", KEYED, SONG | {"venueId": 1001, "title": "keyed"})),
    key("openkj.rest.settle", 1, 1, lambda at: ("PUT", f"{KEYED}/{at['number']}", {"processed": True})),
    key("openkj.rest.settle", 0, 0, lambda at: ("PUT", f"{KEYED}/{at['number']}", {"processed": True})),
    key("openkj.routes.command", 1, 1, command("setAccepting", accepting=False)),
    key("openkj.routes.command", 0, 0, command("setAccepting", accepting=False)),
    key("openkj.routes.command", 0, 0, command("deleteRequest", request_id=99_999)),
    key("openkj.routes.command", 1, 1, command("clearRequests")),
    key("openkj.routes.command", 0, 0, command("clearRequests")),
)
BY_ROW = [(row, list(changes)) for row, changes in groupby(CHANGES, key=lambda change: change.row)]


def test_every_way_to_change_something_stands_in_the_table() -> None:
    rows = {row.name for row in table.ROUTES if row.method != "GET" and row.name.startswith(AREAS)}
    assert rows == {change.row for change in CHANGES} | EXEMPT
    assert len(BY_ROW) == len({row for row, _ in BY_ROW})


@pytest.mark.parametrize(("row", "changes"), BY_ROW, ids=lambda value: value if isinstance(value, str) else "")
async def test_version_and_serial_move_as_the_table_says(row: str, changes: list[Change], house: House) -> None:
    at = await prepared(house)
    link = await asyncpg.connect(house.kit.settings.database_url, timeout=10)
    try:
        for number, one in enumerate(changes):
            before = await standing(house, link, at)
            await ask(house, one, at)
            after = await standing(house, link, at)
            moved = (after["version"] - before["version"], after["serial"] - before["serial"])
            assert moved == (one.version, one.serial), f"{row}, change {number}"
            written = {who for who, lines in after["audit"].items() if lines != before["audit"].get(who)}
            assert written <= {"user" if one.by == "singer" else one.by}, f"{row}, change {number}"
            assert written or not (one.version or one.serial), f"{row}, change {number}"
    finally:
        await link.close(timeout=10)


async def prepared(house: House) -> Ids:
    """A venue with requests that wait and one that is done, another venue, another system, somebody blocked."""
    headers, mine = await house.sign_in(), await house.sign_in("singer")
    venue = await house.venue_id()
    first, other, done = [await house.ask(title=title) for title in ("first", "other", "done")]
    await house.call("PATCH", f"{REQUESTS}/{done['id']}", json={"status": "processed"}, headers=headers)
    own = SONG | {"venue": "test-karaoke-bar", "title": "own"}
    _, asked = await house.call("POST", "/v1/singer/requests", json=own, headers=mine)
    _, second = await house.call("POST", VENUES, json={"name": "Second"}, headers=headers)
    await house.call("POST", SYSTEMS, json={"name": "Second"}, headers=headers)
    _, block = await house.call("POST", f"{VENUES}/{venue}/blocks", json={"singerName": "Zoe"}, headers=headers)
    song = await house.value("SELECT songdb_id FROM songdb LIMIT 1")
    ids = {"venue": venue, "second": second["id"], "block": block["id"], "song": str(song), "own": asked["id"]}
    ids |= {"waiting": first["id"], "token": first["trackingToken"], "number": first["requestNumber"]}
    return ids | {"other": other["id"], "done": done["id"]}


async def standing(house: House, link: Any, at: Ids) -> dict[str, Any]:
    await house.kit.aside.settle()
    version = await link.fetchval("SELECT version FROM venue_streams WHERE venues_id = $1", at["venue"])
    lines = "SELECT split_part(actor, ':', 1), count(*) FROM audit_logs GROUP BY 1"
    audit = {row[0]: row[1] for row in await link.fetch(lines)}
    return {"version": version, "serial": await link.fetchval("SELECT serial FROM state"), "audit": audit}


async def ask(house: House, one: Change, at: Ids) -> None:
    method, path, body = one.call(at)
    if method == "FORM":
        async with house.client.post(path, data=body, allow_redirects=False) as answer:
            assert answer.status == 303
        return
    who = {"user": "host", "singer": "singer"}.get(one.by)
    status, answer = await house.call(method, path, json=body, headers=await house.sign_in(who) if who else {})
    assert status < 300 or (one.version, one.serial) == (0, 0), answer
