"""Law: what belongs to somebody else is not there. Every row that names a thing by id is asked by another tenant, with
the id of a thing that is there; a row that is new here needs a line in `CALLS`."""

from __future__ import annotations

import json
from typing import Any

from singr import table
from singr.http.route import parameters
from tests.house import House
from tests.rbac.callers import headers_of

CUSTOMER, SINGER = "/v1/customer", "/v1/singer"
# What the body of each row says. Its owner asks after the stranger, in this order: what ends a thing comes last.
CALLS: dict[tuple[str, str], Any] = {
    ("GET", f"{CUSTOMER}/venues/{{venue_id}}"): None,
    ("PATCH", f"{CUSTOMER}/venues/{{venue_id}}"): {"acceptingRequests": True},
    ("PUT", f"{CUSTOMER}/venues/{{venue_id}}"): {"name": "Mine now"},
    ("GET", f"{CUSTOMER}/venues/{{venue_id}}/blocks"): None,
    ("POST", f"{CUSTOMER}/venues/{{venue_id}}/blocks"): {"singerName": "Zebedee"},
    ("DELETE", f"{CUSTOMER}/venues/{{venue_id}}/blocks/{{block_id}}"): None,
    ("POST", f"{CUSTOMER}/venues/{{venue_id}}/kiosk"): None,
    ("GET", f"{CUSTOMER}/venues/{{venue_id}}/kiosk"): None,
    ("DELETE", f"{CUSTOMER}/venues/{{venue_id}}/kiosk"): None,
    ("GET", f"{CUSTOMER}/venues/{{venue_id}}/rotation"): None,
    ("GET", f"{CUSTOMER}/venues/{{venue_id}}/watching"): None,
    ("PATCH", f"{CUSTOMER}/venues/{{venue_id}}/rotation"): {"preset": "fewest"},
    ("PATCH", f"{CUSTOMER}/requests/{{request_id}}"): {"status": "rejected"},
    ("PUT", f"{CUSTOMER}/requests/{{request_id}}"): {"status": "rejected"},
    ("POST", f"{CUSTOMER}/requests/{{request_id}}/restore"): None,
    ("GET", f"{CUSTOMER}/systems/{{system_id}}/songs"): None,
    ("GET", f"{CUSTOMER}/systems/{{system_id}}/songs/export.csv"): None,
    ("GET", f"{CUSTOMER}/systems/{{system_id}}/songs/export.json"): None,
    ("POST", f"{CUSTOMER}/systems/{{system_id}}/songs/import"): b"Queen,Innuendo\n",
    ("GET", f"{CUSTOMER}/systems/{{system_id}}/syncs"): None,
    ("PATCH", f"{CUSTOMER}/systems/{{system_id}}"): {"name": "Mine now"},
    ("POST", f"{CUSTOMER}/song-syncs/{{sync_id}}/discard"): None,
    ("POST", f"{CUSTOMER}/song-syncs/{{sync_id}}/publish"): None,
    ("GET", f"{CUSTOMER}/songdb/imports/{{import_id}}"): None,
    ("GET", f"{CUSTOMER}/songdb/imports/{{import_id}}/events"): None,
    ("POST", f"{CUSTOMER}/songdb/imports/{{import_id}}/cancel"): None,
    ("PATCH", f"{CUSTOMER}/api-keys/{{key_id}}"): {"status": "active"},
    ("POST", f"{CUSTOMER}/api-keys/{{key_id}}/rotate"): None,
    ("POST", f"{CUSTOMER}/api-keys/{{key_id}}/revoke"): None,
    ("PATCH", f"{CUSTOMER}/organization/users/{{member_id}}"): {"role": "customer_manager"},
    ("DELETE", f"{CUSTOMER}/organization/users/{{member_id}}"): None,
    ("DELETE", f"{CUSTOMER}/songdb/{{song_id}}"): None,
    ("DELETE", f"{CUSTOMER}/systems/{{system_id}}"): None,
    ("GET", f"{SINGER}/requests/{{request_id}}"): None,
    ("PATCH", f"{SINGER}/requests/{{request_id}}"): {"keyChange": -3},
    ("DELETE", f"{SINGER}/requests/{{request_id}}"): None,
    ("DELETE", f"{SINGER}/favorites/songs/{{favorite_id}}"): None,
    ("DELETE", f"{SINGER}/favorites/venues/{{venue_id}}"): None,
    ("DELETE", f"{CUSTOMER}/venues/{{venue_id}}"): None,
}
# Words of the demo tenant's things, and of those that `things` makes.
NAMES = ("test karaoke", "test-karaoke", "nashville", "rockstar", "secret", "kim@", "zebedee", "queen", "innuendo")
QUEEN = {"artist": "Queen", "title": "Innuendo"}
SYNC = """
INSERT INTO song_generations (customer_profiles_id, openkj_system_id, client, songs_before)
SELECT customer_profiles_id, $1, 'openkj', 0 FROM venues LIMIT 1 RETURNING song_generations_id
"""
WRITTEN = "SELECT count(*) FROM audit_logs"

Ids = dict[str, dict[str, Any]]


def side(path: str) -> str:
    return CUSTOMER if path.startswith(CUSTOMER) else SINGER


async def send(house: House, call: tuple[str, str], ids: dict[str, Any], who: dict[str, str]) -> tuple[int, str]:
    """Status and text of one call; streams are not read."""
    body = CALLS[call]
    given = {"data": body} if isinstance(body, bytes) else {"json": body}
    async with house.client.request(call[0], call[1].format(**ids), headers=who, **given) as answer:
        return answer.status, (await answer.text() if answer.status >= 400 else "")


async def made(house: House, path: str, who: dict[str, str], given: Any) -> Any:
    """The id of what a POST makes."""
    body = {"data": given} if isinstance(given, bytes) else {"json": given}
    status, there = await house.call("POST", path, headers=who, **body)
    assert status in (201, 202), (path, there)
    return there.get("id")


async def things(house: House) -> Ids:
    """One of each of the demo tenant's and its singer's things: their ids by the names that paths give them."""
    host, singer = await house.sign_in(), await house.sign_in("singer")
    venue = {"venue": house.demo.venue_url_name}
    venue_id, guests = await house.venue_id(), (await house.ask(singerName="Zebedee", title="Zebedee's"))["id"]
    await made(house, f"{SINGER}/favorites/venues", singer, venue)
    singers = {
        "venue_id": venue_id,
        "request_id": await made(house, f"{SINGER}/requests", singer, venue | QUEEN),
        "favorite_id": await made(house, f"{SINGER}/favorites/songs", singer, QUEEN),
    }
    system = await made(house, f"{CUSTOMER}/systems", host, {"name": "Secret machine"})
    block = {"requestId": guests, "reason": "Secret reason"}
    member = {"email": "kim@example.com", "role": "customer_staff"}
    customers = {
        "venue_id": venue_id,
        "request_id": guests,
        "system_id": system,
        "block_id": await made(house, f"{CUSTOMER}/venues/{venue_id}/blocks", host, block),
        "sync_id": await house.value(SYNC, system),
        "import_id": await made(house, f"{CUSTOMER}/systems/{system}/songs/import", host, b"Queen,Innuendo\n"),
        "key_id": await made(house, f"{CUSTOMER}/api-keys", host, {"description": "Secret key"}),
        "member_id": await made(house, f"{CUSTOMER}/organization/users", host, member),
        "song_id": await house.value("SELECT min(songdb_id) FROM songdb"),
    }
    return {CUSTOMER: customers, SINGER: singers}


def test_every_row_with_an_id_is_asked_for_somebody_elses() -> None:
    rows = [row for row in table.ROUTES if row.path.startswith((CUSTOMER, SINGER)) and parameters(row.path)]
    assert {(row.method, path) for row in rows for path in (row.path, *row.aliases)} == set(CALLS)


async def test_somebody_elses_things_are_not_found_and_their_owners_are(house: House) -> None:
    ids = await things(house)
    strangers = {CUSTOMER: await headers_of("other owner", house), SINGER: await headers_of("singer", house)}
    owners = {CUSTOMER: await house.sign_in(), SINGER: await house.sign_in("singer")}
    before, found, told = await house.value(WRITTEN), {}, []
    for call in CALLS:
        status, text = await send(house, call, ids[side(call[1])], strangers[side(call[1])])
        if status != 404 or json.loads(text)["type"].rpartition("/")[2] != "not-found":
            found[call] = (status, text)
        told += [(call, name) for name in NAMES if name in text.casefold()]
    assert (found, told) == ({}, [])
    assert await house.value(WRITTEN) == before, "a stranger wrote something"
    missed = [call for call in CALLS if (await send(house, call, ids[side(call[1])], owners[side(call[1])]))[0] == 404]
    assert missed == [], "an id that is nobody's shows nothing"


async def test_an_own_venue_leads_to_no_block_of_another(house: House) -> None:
    ids = (await things(house))[CUSTOMER]
    stranger = await headers_of("other owner", house)
    await made(house, f"{CUSTOMER}/systems", stranger, {"name": "Across the street"})
    own = ids | {"venue_id": await made(house, f"{CUSTOMER}/venues", stranger, {"name": "Across the street"})}
    lift = ("DELETE", f"{CUSTOMER}/venues/{{venue_id}}/blocks/{{block_id}}")
    assert (await send(house, lift, own, stranger))[0] == 404
    assert (await send(house, lift, ids, await house.sign_in()))[0] == 204
