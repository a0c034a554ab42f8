"""The link for shared tablets: signed, made and revoked by the host, and each visit is somebody new."""

from __future__ import annotations

from typing import Any

from tests.house import House

PAGE = "/v/test-karaoke-bar/kiosk"


async def ask(house: House, method: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    path = f"/v1/customer/venues/{await house.venue_id()}/kiosk"
    return await house.call(method, path, headers=headers or await house.sign_in())


async def visit(house: House, path: str) -> tuple[int, str, str]:
    """Status, page and the identity that the visitor has then."""
    async with house.client.get(path) as answer:
        return answer.status, await answer.text(), answer.headers.get("X-Singr-Device", "")


async def test_each_visit_of_the_tablet_is_somebody_new_and_leaves_nothing_behind(house: House) -> None:
    assert await ask(house, "GET") == (200, {"path": None})
    status, made = await ask(house, "POST")
    assert status == 201
    assert await ask(house, "GET") == (200, made)
    status, page, first = await visit(house, made["path"])
    assert (status, f'data-kiosk="{made["path"]}"' in page) == (200, True)
    await house.ask(singerName="Ann", title="Hers")
    _, page, second = await visit(house, made["path"])
    assert "Ann" not in page
    assert first != second
    async with house.client.get("/v/test-karaoke-bar") as answer:
        assert 'data-kiosk=""' in await answer.text()


async def test_no_limit_counts_the_tablets_singers_as_one(house: House) -> None:
    _, made = await ask(house, "POST")
    for n in range(12):
        await visit(house, made["path"])
        await house.ask(singerName=f"Singer {n}", title=f"Song {n}")
    assert await house.value("SELECT count(DISTINCT device_id) FROM requests") == 12


async def test_a_link_holds_until_the_next_one_or_until_it_is_revoked(house: House) -> None:
    _, old = await ask(house, "POST")
    _, new = await ask(house, "POST")
    assert [(await visit(house, each["path"]))[0] for each in (old, new)] == [404, 200]
    assert (await ask(house, "DELETE"))[0] == 204
    assert (await visit(house, new["path"]))[0] == 404
    assert await ask(house, "GET") == (200, {"path": None})
    assert (await visit(house, f"{PAGE}/made-up.signature"))[0] == 404


async def test_a_link_is_its_organizations_alone(house: House) -> None:
    _, made = await ask(house, "POST")
    for method in ("GET", "POST", "DELETE"):
        assert (await ask(house, method, house.stranger()))[0] == 404
    assert (await visit(house, made["path"]))[0] == 200
