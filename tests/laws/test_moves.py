"""Law: a change moves the venue's version once when a watcher sees a difference, OpenKJ's serial once when OpenKJ would
see one, and neither otherwise; the audit names who did it; and no public answer of before is given again. Whoever adds
a way to change something adds a line to `changes`."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from singr import table
from singr.core.secrets import digest
from singr.infra.cache import EVERYTHING
from tests.house import SONG, VENUE, House
from tests.laws.changes import (
    BY_ROW,
    CHANGES,
    EXEMPT,
    FILE,
    HERE,
    INVITATION,
    KEYS,
    LIKED,
    PEOPLE,
    QUEEN,
    REQUESTS,
    STAFF,
    SYSTEMS,
    VENUES,
    Change,
    Ids,
)
from tests.laws.test_foreign import SYNC, made

VENUES_SHOWN = "/v1/public/venues"
# What is asked for most may be as old as its route says, and is not among them.
ANSWERED = (VENUES_SHOWN, VENUE, f"{VENUE}/songs?q=", f"{VENUE}/songs?q=q", f"{VENUE}/artists", f"{VENUE}/songs/new",
            f"{VENUE}/songs/tonight", f"{VENUE}/qr.svg")  # fmt: skip


def test_every_way_to_change_something_stands_in_the_table() -> None:
    rows = {row.name for row in table.ROUTES if row.method != "GET" and not row.name.startswith(EXEMPT)}
    assert rows == {change.row for change in CHANGES}
    assert len(BY_ROW) == len({row for row, _ in BY_ROW})


@pytest.mark.parametrize(("row", "changes"), BY_ROW, ids=lambda value: value if isinstance(value, str) else "")
async def test_version_and_serial_move_as_the_table_says(row: str, changes: list[Change], house: House) -> None:
    at, is_told = await prepared(house), False
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
            is_told = is_told or bool(written)
        assert is_told, f"the audit knows nothing of {row}"
    finally:
        await link.close(timeout=10)


@pytest.mark.parametrize(("row", "changes"), BY_ROW, ids=lambda value: value if isinstance(value, str) else "")
async def test_what_was_answered_before_a_change_is_not_answered_after_it(
    row: str, changes: list[Change], house: House
) -> None:
    at = await prepared(house)
    await answers(house)
    for number, one in enumerate(changes):
        await ask(house, one, at)
        await house.kit.aside.settle()
        kept = await answers(house)
        house.kit.cache.forget(EVERYTHING)
        assert kept == await answers(house), f"{row}, change {number}"


async def test_an_organization_that_is_deleted_is_listed_no_more(house: House) -> None:
    headers = await house.sign_in()
    await answers(house)
    body = {"password": house.demo.host.password, "deleteOrganization": True}
    assert (await house.call("POST", "/v1/auth/account/delete", json=body, headers=headers))[0] == 204
    assert (await answers(house))[VENUES_SHOWN] == (200, {"items": [], "nextCursor": None})


async def answers(house: House) -> dict[str, tuple[int, Any]]:
    """What the public is told, by path; of what is not there only that."""
    found = {}
    for path in ANSWERED:
        async with house.client.get(path) as answer:
            is_json = answer.content_type == "application/json"
            found[path] = (
                answer.status,
                (await answer.json() if is_json else answer.status < 300 and await answer.read()),
            )
    return found


async def prepared(house: House) -> Ids:
    """A venue with requests that wait and one that is done, and of everything else one."""
    host, mine = await house.sign_in(), await house.sign_in("singer")
    venue = await house.venue_id()
    first, other, done = [await house.ask(title=title) for title in ("first", "other", "done")]
    await house.call("PATCH", f"{REQUESTS}/{done['id']}", json={"status": "processed"}, headers=host)
    own = await made(house, "/v1/singer/requests", mine, SONG | HERE | {"title": "own"})
    ids = {"venue": venue, "own": own, "other": other["id"], "done": done["id"]}
    ids |= {"waiting": first["id"], "token": first["trackingToken"], "number": first["requestNumber"]}
    await made(house, SYSTEMS, host, {"name": "Second"})
    await made(house, f"{LIKED}/venues", mine, HERE)
    ids["favorite"] = await made(house, f"{LIKED}/songs", mine, QUEEN | {"title": "Bicycle Race"})
    ids["second"] = await made(house, VENUES, host, {"name": "Second"})
    ids["block"] = await made(house, f"{VENUES}/{venue}/blocks", host, {"singerName": "Zoe"})
    await house.call("POST", f"{VENUES}/{venue}/kiosk", headers=host)
    ids["import"] = await made(house, f"{SYSTEMS}/1/songs/import", host, FILE)
    ids["key"] = await made(house, KEYS, host, {"description": "Second"})
    ids["member"] = await made(house, PEOPLE, host, {"email": "kim@example.com", "role": STAFF})
    await house.value("UPDATE organization_users SET invitation_token = $1", digest(INVITATION))
    ids["sync"] = await house.value(SYNC, 1)
    ids["song"] = str(await house.value("SELECT songdb_id FROM songdb LIMIT 1"))
    return ids


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
    sent = {"data": body} if isinstance(body, bytes) else {"json": body}
    status, answer = await house.call(method, path, **sent, headers=await house.sign_in(who) if who else {})
    assert status < 300 or (one.version, one.serial) == (0, 0), answer
