"""Every way to change something: by how much a venue's version and OpenKJ's serial move, and who is named for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tests.house import API_KEY, SONG, VENUE
from tests.identity.visits import PASSWORD

# Identity's own tests say what its rows change; a ticket changes nothing that is kept.
EXEMPT = ("identity.", "web.signing_in.", "queue.watching.issue_ticket")

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


def newcomer(row: str, version: int, serial: int, call: Callable[[Ids], Asked]) -> Change:
    return Change(row, "system", version, serial, call)


REQUESTS, VENUES, SYSTEMS = (f"/v1/customer/{name}" for name in ("requests", "venues", "systems"))
SONGS, SYNCS, KEYS = (f"/v1/customer/{name}" for name in ("songdb", "song-syncs", "api-keys"))
HOUSE = "/v1/customer/organization"
PEOPLE, PROFILE, LIKED = "/v1/customer/organization/users", "/v1/singer/profile", "/v1/singer/favorites"
FILE, QUEEN, HERE = b"Queen,Innuendo\n", {"artist": "Queen", "title": "Innuendo"}, {"venue": "test-karaoke-bar"}
INVITATION, STAFF = "an-invitation", "customer_staff"
ACCEPTED = {"token": INVITATION, "password": PASSWORD}
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
        *(1, 1, lambda at: ("POST", "/v1/singer/requests", SONG | HERE | {"title": "mine"})),
    ),
    singer("singers.requests.edit", 1, 1, lambda at: ("PATCH", f"/v1/singer/requests/{at['own']}", {"keyChange": 1})),
    singer("singers.requests.edit", 0, 0, lambda at: ("PATCH", f"/v1/singer/requests/{at['own']}", {"keyChange": 1})),
    singer("singers.requests.withdraw", 1, 1, lambda at: ("DELETE", f"/v1/singer/requests/{at['own']}", None)),
    host("imports.imports.into_system", 0, 0, lambda _: ("POST", f"{SYSTEMS}/1/songs/import", FILE)),
    host("imports.imports.into_book", 0, 0, lambda _: ("POST", f"{SONGS}/import", FILE)),
    host("imports.imports.cancel", 0, 0, lambda at: ("POST", f"{SONGS}/imports/{at['import']}/cancel", None)),
    host("imports.removal.remove_song", 0, 0, lambda at: ("DELETE", f"{SONGS}/{at['song']}", None)),
    host("songs.syncs.publish", 0, 0, lambda at: ("POST", f"{SYNCS}/{at['sync']}/publish", None)),
    host("songs.syncs.discard", 0, 0, lambda at: ("POST", f"{SYNCS}/{at['sync']}/discard", None)),
    host("keys.keys.issue", 0, 0, lambda _: ("POST", KEYS, {"description": "Another"})),
    host("keys.keys.change", 0, 0, lambda at: ("PATCH", f"{KEYS}/{at['key']}", {"status": "suspended"})),
    host("keys.keys.rotate", 0, 0, lambda at: ("POST", f"{KEYS}/{at['key']}/rotate", None)),
    host("keys.keys.revoke", 0, 0, lambda at: ("POST", f"{KEYS}/{at['key']}/revoke", None)),
    host("organization.organization.change", 1, 0, lambda _: ("PATCH", HOUSE, {"timeZone": "Asia/Tokyo"})),
    host("organization.organization.change", 0, 0, lambda _: ("PATCH", HOUSE, {"timeZone": "Asia/Tokyo"})),
    host("organization.invitations.invite", 0, 0, lambda _: ("POST", PEOPLE, {"email": "a@b.co", "role": STAFF})),
    newcomer("organization.invitations.accept", 0, 0, lambda _: ("POST", "/v1/auth/invitations/accept", ACCEPTED)),
    host("organization.members.change", 0, 0, lambda at: ("PATCH", f"{PEOPLE}/{at['member']}", {"permissions": []})),
    host("organization.members.remove", 0, 0, lambda at: ("DELETE", f"{PEOPLE}/{at['member']}", None)),
    host("singers.profile.add", 0, 0, lambda _: ("POST", PROFILE, {"nickname": "Host"})),
    singer("singers.profile.change", 0, 0, lambda _: ("PATCH", PROFILE, {"nickname": "Ann"})),
    singer("singers.profile.replace", 0, 0, lambda _: ("PUT", PROFILE, {"nickname": "Bo"})),
    singer("singers.favorites.keep_song", 0, 0, lambda _: ("POST", f"{LIKED}/songs", QUEEN)),
    singer("singers.favorites.drop_song", 0, 0, lambda at: ("DELETE", f"{LIKED}/songs/{at['favorite']}", None)),
    singer("singers.favorites.keep_venue", 0, 0, lambda _: ("POST", f"{LIKED}/venues", {"venue": "second"})),
    singer("singers.favorites.drop_venue", 0, 0, lambda at: ("DELETE", f"{LIKED}/venues/{at['venue']}", None)),
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
