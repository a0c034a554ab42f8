"""A singer is told what concerns them as it happens, over either transport, and hears nothing of others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from tests.house import House
from tests.live import DEMO, Shown, streaming, watching
from tests.singers.stage import SECOND_VENUE, ask, guest, singer

EVENTS = f"/v1/live/venues/{DEMO}/events?view=singer"


@asynccontextmanager
async def following(house: House, transport: str, who: dict[str, str]) -> AsyncIterator[Shown]:
    if transport == "websocket":
        async with watching(house, "singer", headers=who) as shown:
            yield shown
    else:
        async with streaming(house, EVENTS, headers=who) as shown:
            yield shown


def notices(shown: Shown) -> list[dict[str, Any]]:
    found = [m for m in shown.messages if m["type"] == "notice"]
    assert all(m["epoch"] == shown.epoch for m in found)
    return [{name: value for name, value in m.items() if name not in ("type", "epoch")} for m in found]


async def settle(house: House, request_id: int, **body: Any) -> None:
    path = f"/v1/customer/requests/{request_id}"
    assert (await house.call("PATCH", path, json=body, headers=await house.sign_in()))[0] == 200


@pytest.mark.parametrize("transport", ["websocket", "events"])
async def test_an_account_is_told_what_becomes_of_its_requests(transport: str, house: House) -> None:
    bo = await singer(house)
    other = await guest(house, "somebody-else", title="First")
    first, second = [(await ask(house, bo, title=title))[1] for title in ("Mine", "Mine too")]
    async with following(house, transport, bo) as shown:
        # One after the other: what happens within a moment is told by its end.
        await settle(house, other["id"], status="processed")
        await shown.until(lambda s: len(notices(s)) == 2)
        await settle(house, first["id"], status="processed")
        await shown.until(lambda s: len(notices(s)) == 4)
        await settle(house, second["id"], status="rejected", rejectReason="Too long")
        await shown.until(lambda s: len(notices(s)) == 5)
    assert notices(shown) == [
        {"kind": "upNext", "id": first["id"], "position": 1},
        {"kind": "position", "id": second["id"], "position": 2},
        {"kind": "accepted", "id": first["id"]},
        {"kind": "upNext", "id": second["id"], "position": 1},
        {"kind": "rejected", "id": second["id"], "reason": "Too long"},
    ]


async def test_a_guest_is_told_by_the_phone_and_by_the_token(house: House) -> None:
    receipt = await guest(house, "phone-1")
    follow = f"/v1/live/requests/{receipt['trackingToken']}/events"
    async with (
        watching(house, "singer", trackingToken=receipt["trackingToken"]) as socket,
        streaming(house, follow) as stream,
        watching(house, "singer") as stranger,
        watching(house, "display") as screen,
    ):
        body = {"command": "deleteRequest", "api_key": house.demo.api_key, "venue_id": 1001}
        await house.call("POST", "/api.php", json=body | {"request_id": receipt["requestNumber"]})
        for shown in (socket, stream):
            await shown.until(notices)
            assert notices(shown) == [{"kind": "dealt", "id": receipt["id"]}]
        for shown in (stranger, screen):
            await shown.until(lambda s: not s.requests)
            assert notices(shown) == []


async def test_closing_is_told_to_those_who_wait(house: House) -> None:
    bo = await singer(house)
    await ask(house, bo)
    path, host = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    async with (
        following(house, "websocket", bo) as shown,
        watching(house, "singer", headers=await singer(house)) as idle,
    ):
        await house.call("PATCH", path, json={"acceptingRequests": False}, headers=host)
        await shown.until(notices)
        await idle.until(lambda s: not s.venue["acceptingRequests"])
    assert notices(shown) == [{"kind": "venueClosed"}]
    assert notices(idle) == []


async def test_an_account_follows_its_requests_at_several_venues_on_one_socket(house: House) -> None:
    await house.value(SECOND_VENUE)
    bo = await singer(house)
    asked = {name: (await ask(house, bo, venue=name))[1]["id"] for name in (DEMO, "second")}
    shown = {name: Shown() for name in asked}
    epochs: dict[str, str] = {}
    async with house.client.ws_connect("/v1/live") as socket:
        for name in asked:
            body = {"venue": name, "view": "singer"}
            _, ticket = await house.call("POST", "/v1/live/tickets", json=body, headers=bo)
            await socket.send_json({"type": "hello", **body, "ticket": ticket["ticket"]})
        named = ""
        told: list[tuple[str, Any]] = []
        settled = False
        async for raw in socket:
            message = orjson.loads(raw.data)
            if message["type"] == "ready":
                named = message["venue"]
            elif message["type"] == "snapshot":
                epochs[message["epoch"]] = named
                shown[named].take(message)
            elif message["type"] == "notice":
                told.append((epochs[message["epoch"]], message["id"]))
            if len(epochs) == 2 and not settled:
                settled = True
                for request_id in asked.values():
                    await settle(house, request_id, status="processed")
            if len(told) == 2:
                break
    assert sorted(told) == sorted(asked.items())
    assert all("requestNumber" in shown[name].requests[request_id] for name, request_id in asked.items())
