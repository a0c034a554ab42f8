"""Live connections of a browser that is signed in: ours shows the host's view, another site's does not."""

from __future__ import annotations

import pytest

from singr.realtime import close
from tests.house import House
from tests.identity.test_cookies import HOME, OURS, by_cookie, proof
from tests.live import DEMO

EVENTS = f"/v1/live/venues/{DEMO}/events?view=host"
HELLO = {"type": "hello", "venue": DEMO, "view": "host"}


async def first_words(home: House, origin: str | None) -> str:
    """What a WebSocket from a page of `origin` hears first when it asks for the host's view."""
    async with home.client.ws_connect("/v1/live", origin=origin) as socket:
        await socket.send_json(HELLO)
        said = await socket.receive_json(timeout=60)
        if said["type"] == "error":
            await socket.receive(timeout=60)
            assert socket.close_code == close.SIGN_IN.code
        return str(said["type"])


async def test_our_own_page_needs_no_ticket_beside_its_cookie(home: House) -> None:
    await by_cookie(home)
    assert await first_words(home, HOME) == "ready"


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", HOME + ".elsewhere.example"])
async def test_another_sites_page_sees_nothing_by_our_cookie(origin: str | None, home: House) -> None:
    await by_cookie(home)
    assert await first_words(home, origin) == "error"


async def test_a_cookie_does_not_lead_into_another_organization_or_role(home: House) -> None:
    await by_cookie(home, email=home.demo.singer.email, password=home.demo.singer.password)
    async with home.client.ws_connect("/v1/live", origin=HOME) as socket:
        await socket.send_json(HELLO)
        assert (await socket.receive_json(timeout=60))["code"] == close.FORBIDDEN.slug


@pytest.mark.parametrize("path", [EVENTS, EVENTS.replace("events", "snapshot")])
async def test_event_streams_and_snapshots_are_for_our_own_pages(path: str, home: House) -> None:
    session = await by_cookie(home)
    elsewhere = {"Origin": "https://elsewhere.example"}
    for headers, status in (
        ({}, 401), (elsewhere, 401), (elsewhere | {"X-CSRF-Token": session["csrfToken"]}, 401),
        (OURS, 200), (proof(session), 200), ({"X-CSRF-Token": session["csrfToken"]}, 200),
    ):  # fmt: skip
        async with home.client.get(path, headers=headers) as answer:
            assert answer.status == status, headers


async def test_a_ticket_by_cookie_needs_the_csrf_token(home: House) -> None:
    session = await by_cookie(home)
    body = {"venue": DEMO, "view": "host"}
    assert (await home.call("POST", "/v1/live/tickets", json=body, headers=OURS))[0] == 401
    assert (await home.call("POST", "/v1/live/tickets", json=body, headers=proof(session)))[0] == 201
