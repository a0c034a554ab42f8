"""A request is seen as it happens: by the host, its singer, the screen, and in every process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from tests.house import House, opened
from tests.live import streaming, watching
from tests.services import Server

EVENTS = "/v1/live/venues/test-karaoke-bar/events"


@pytest.fixture
async def second(house: House) -> AsyncIterator[House]:
    """Another API process on the same database and Redis."""
    async with opened(house.kit.settings) as other:
        yield other


async def test_a_request_appears_everywhere_and_leaves_everywhere(house: House, second: House) -> None:
    headers = await house.sign_in()
    async with (
        watching(house, "host", headers=headers) as host,
        watching(second, "display") as screen,
        streaming(second, EVENTS) as events,
    ):
        receipt = await house.ask(singerName="Zoë Müller")
        async with streaming(second, f"/v1/live/requests/{receipt['trackingToken']}/events") as singer:
            everybody = (host, screen, events, singer)
            for shown in everybody:
                await shown.until(lambda s: receipt["id"] in s.requests)
                assert shown.version == receipt["version"]
            assert host.requests[receipt["id"]]["singerName"] == "Zoë Müller"
            assert singer.requests[receipt["id"]]["singerName"] == "Zoë Müller"
            assert screen.requests[receipt["id"]]["singerName"] == "Zoë"
            await house.call(
                "PATCH",
                f"/v1/customer/requests/{receipt['id']}",
                json={"status": "rejected", "rejectReason": "Too long"},
                headers=headers,
            )
            for shown in everybody:
                await shown.until(lambda s: not s.requests)
            assert singer.ended[receipt["id"]]["rejectReason"] == "Too long"
            assert screen.ended[receipt["id"]] == {}


async def test_a_host_sees_live_which_phone_asked_and_under_which_other_names(house: House) -> None:
    first = await house.ask(singerName="Ann")
    async with watching(house, "host", headers=await house.sign_in()) as host:
        second = await house.ask(singerName="Bo", title="Other")
        await host.until(lambda s: second["id"] in s.requests)
        one, other = host.requests[first["id"]], host.requests[second["id"]]
        assert (one["alsoAskedAs"], other["alsoAskedAs"]) == ([], ["Ann"])
        assert one["device"] == other["device"]
        assert "account" not in one
    async with watching(house, "singer") as singer:
        assert "device" not in singer.requests[first["id"]]


async def test_openkj_deleting_a_request_shows_everywhere(house: House, second: House) -> None:
    receipt = await house.ask()
    async with watching(second, "display") as screen, watching(house, "host", headers=await house.sign_in()) as host:
        body = {"command": "deleteRequest", "api_key": house.demo.api_key, "venue_id": 1001}
        _, answer = await second.call("POST", "/api.php", json=body | {"request_id": receipt["requestNumber"]})
        assert answer == {"command": "deleteRequest", "error": False}
        for shown in (screen, host):
            await shown.until(lambda s: not s.requests)
        assert host.ended[receipt["id"]]["processedVia"] == "openkj"


async def test_openkj_collecting_a_request_tells_its_singer(house: House) -> None:
    receipt = await house.ask()
    async with watching(house, "singer", trackingToken=receipt["trackingToken"]) as singer:
        assert singer.requests[receipt["id"]]["seenAt"] is None
        body = {"command": "getRequests", "api_key": house.demo.api_key, "venue_id": 1001}
        await house.call("POST", "/api.php", json=body)
        await singer.until(lambda s: s.requests[receipt["id"]]["seenAt"])


async def test_a_singer_sees_others_only_as_the_venue_allows(house: House) -> None:
    receipt = await house.ask(singerName="Ann Smith")
    path, headers = f"/v1/customer/venues/{await house.venue_id()}", await house.sign_in()
    house.client.session.cookie_jar.clear()
    async with watching(house, "singer") as other:
        request = other.requests[receipt["id"]]
        assert (request["singerName"], request["title"]) == ("Ann", "Innuendo")
        await house.call("PATCH", path, json={"queuePrivacy": "anonymous"}, headers=headers)
        await other.until(lambda s: "singerName" not in s.requests[receipt["id"]])
        assert other.requests[receipt["id"]]["title"] == "Innuendo"
        await house.call("PATCH", path, json={"queuePrivacy": "hidden"}, headers=headers)
        await other.until(lambda s: "title" not in s.requests[receipt["id"]])
        assert set(other.requests[receipt["id"]]) == {"id", "status", "requestedAt"}


async def test_closing_and_the_hosts_message_are_seen(house: House, second: House) -> None:
    async with watching(second, "display") as screen:
        await house.call(
            "PATCH",
            f"/v1/customer/venues/{await house.venue_id()}",
            json={"acceptingRequests": False, "message": "Last call"},
            headers=await house.sign_in(),
        )
        await screen.until(lambda s: not s.venue["acceptingRequests"])
        assert screen.venue["message"] == "Last call"


async def test_the_sweep_heals_a_change_whose_hint_was_never_sent(house: House) -> None:
    """As after a crash between commit and publish: the rows changed and nobody was told."""
    receipt = await house.ask()
    async with watching(house, "display") as screen:
        await house.value(
            "WITH gone AS (UPDATE requests SET status = 'processed', processed = true RETURNING venues_id) "
            "UPDATE venue_streams s SET version = version + 1 FROM gone WHERE s.venues_id = gone.venues_id RETURNING 1"
        )
        await screen.until(lambda s: receipt["id"] not in s.requests)


async def test_without_redis_requests_are_taken_and_watchers_converge_after(
    demo_url: str, settings: Settings, redis_server: Server
) -> None:
    lonely = replace(settings, redis_url=redis_server.url)
    async with opened(lonely) as one, opened(lonely) as other, watching(one) as here, watching(other) as there:
        redis_server.stop()
        receipts = [await one.ask(title=title) for title in ("A", "B", "C")]
        for shown in (here, there):
            await shown.until(lambda s: len(s.requests) == 3)
        redis_server.start()
        late = await other.ask(title="D")
        for shown in (here, there):
            await shown.until(lambda s: late["id"] in s.requests)
            assert shown.version == late["version"] == len(receipts) + 1


async def test_versions_have_no_holes_under_many_writers(house: House, second: House) -> None:
    async with watching(house, "host", headers=await house.sign_in()) as host, watching(second) as screen:
        await asyncio.gather(*(ask.ask(title=f"Song {n}") for n in range(4) for ask in (house, second)))
        for shown in (host, screen):
            await shown.until(lambda s: len(s.requests) == 8)
            assert shown.version == 8
    assert await house.value("SELECT version FROM venue_streams") == 8
    assert await house.value("SELECT serial FROM state") == 9
