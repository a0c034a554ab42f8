"""Live connections end with the session that opened them, and with what it was allowed to see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from singr.core.settings import Settings
from singr.realtime import close
from tests.house import House, opened
from tests.identity.test_cookies import HOME, by_cookie, proof
from tests.identity.test_sessions import ten_seconds_later
from tests.identity.visits import bearer, post, sign_in
from tests.live import DEMO
from tests.mailbox import Mailbox
from tests.organization.test_members import ask, hire

Ending = Callable[[House, dict[str, Any]], Awaitable[object]]
HOST = {"venue": DEMO, "view": "host"}
EVENTS = f"/v1/live/venues/{DEMO}/events?view=host"


@pytest.fixture
async def elsewhere(mailing: Settings) -> AsyncIterator[House]:
    """Another process, where the connection is."""
    async with opened(mailing) as other:
        yield other


async def host(home: House) -> dict[str, Any]:
    return dict((await sign_in(home, home.demo.host.email, home.demo.host.password))[1])


async def watches(house: House, session: dict[str, Any], view: str = "host") -> ClientWebSocketResponse:
    """A socket that shows the view, by ticket."""
    look = {"venue": DEMO, "view": view}
    status, given = await house.call("POST", "/v1/live/tickets", json=look, headers=bearer(session))
    assert status == 201
    socket = await house.client.ws_connect("/v1/live")
    await socket.send_json({"type": "hello", "ticket": given["ticket"], **look})
    assert (await socket.receive_json(timeout=60))["type"] == "ready"
    return socket


async def ends(socket: ClientWebSocketResponse) -> None:
    """The connection says why and is closed."""
    said = []
    async with asyncio.timeout(60):
        while (message := await socket.receive()).type == WSMsgType.TEXT:
            said.append(message.json())
    assert said[-1] == {"type": "error", "code": close.SIGN_IN.slug, "venue": DEMO}
    assert socket.close_code == close.SIGN_IN.code


async def sign_out(home: House, session: dict[str, Any]) -> None:
    assert (await post(home, "signout", bearer(session)))[0] == 204


async def sign_out_everywhere(home: House, session: dict[str, Any]) -> None:
    assert (await post(home, "signout/everywhere", bearer(await host(home))))[0] == 204


async def come_back_with_an_old_token(home: House, session: dict[str, Any]) -> None:
    await post(home, "refresh", refreshToken=session["refreshToken"])
    await ten_seconds_later(home)
    assert (await post(home, "refresh", refreshToken=session["refreshToken"]))[0] == 401


async def hold_the_organization(home: House, session: dict[str, Any]) -> None:
    await home.value("UPDATE customer_profiles SET suspended_at = now() RETURNING 1")


async def hold_the_account(home: House, session: dict[str, Any]) -> None:
    await home.value("UPDATE users SET disabled_at = now() RETURNING 1")


ENDINGS: tuple[Ending, ...] = (
    sign_out,
    sign_out_everywhere,
    come_back_with_an_old_token,
    hold_the_organization,
    hold_the_account,
)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda f: f.__name__)
async def test_a_hosts_socket_in_any_process_ends_with_the_session(
    ending: Ending, home: House, elsewhere: House
) -> None:
    session = await host(home)
    socket = await watches(elsewhere, session)
    await ending(home, session)
    await ends(socket)


async def test_an_event_stream_ends_with_the_session(home: House, elsewhere: House) -> None:
    session = await host(home)
    async with elsewhere.client.get(EVENTS, headers=bearer(session)) as stream:
        assert stream.status == 200
        await sign_out(home, session)
        async with asyncio.timeout(60):
            assert b'"code":"sign-in"' in await stream.read()


@pytest.mark.parametrize("ending", [sign_out, hold_the_organization], ids=lambda f: f.__name__)
async def test_the_progress_of_an_import_ends_with_the_session(ending: Ending, home: House, elsewhere: House) -> None:
    session = await host(home)
    path = "/v1/customer/songdb/import"
    status, begun = await home.call("POST", path, data=b"Queen,Innuendo\n", headers=bearer(session))
    assert status == 202
    follow = f"{path}s/{begun['id']}/events"
    async with elsewhere.client.get(follow, headers=bearer(session)) as stream:
        assert (await stream.content.readline()) == b"event: import\n"
        await ending(home, session)
        async with asyncio.timeout(60):
            assert b'"status":"queued"' in await stream.read()


async def test_a_socket_by_cookie_ends_with_the_session(home: House) -> None:
    session = await by_cookie(home)
    async with home.client.ws_connect("/v1/live", origin=HOME) as socket:
        await socket.send_json({"type": "hello", **HOST})
        assert (await socket.receive_json(timeout=60))["type"] == "ready"
        assert (await post(home, "signout", proof(session)))[0] == 204
        await ends(socket)


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"role": "customer_manager"}, None], ids=str)
async def test_a_members_socket_ends_when_what_they_may_do_changes(
    change: dict[str, Any] | None, home: House, elsewhere: House, mailbox: Mailbox
) -> None:
    member, session = await hire(home, mailbox)
    socket, other = await watches(elsewhere, session), await watches(elsewhere, await host(home))
    if change:
        assert (await ask(home, "PATCH", f"/{member}", **change))[0] == 200
    else:
        assert (await ask(home, "DELETE", f"/{member}"))[0] == 204
    await ends(socket)
    assert not other.closed


async def test_a_singers_socket_ends_too_and_the_screen_stays(home: House) -> None:
    _, session = await sign_in(home, home.demo.singer.email, home.demo.singer.password)
    singer, screen = await watches(home, session, "singer"), await watches(home, session, "display")
    await sign_out(home, session)
    await ends(singer)
    receipt = await home.ask()
    async with asyncio.timeout(60):
        while (said := await screen.receive_json())["type"] != "delta":
            continue
    assert said["ops"][0]["id"] == receipt["id"]


async def test_a_ticket_of_a_session_that_is_over_shows_nothing_for_long(home: House) -> None:
    session = await host(home)
    _, given = await home.call("POST", "/v1/live/tickets", json=HOST, headers=bearer(session))
    await sign_out(home, session)
    async with home.client.ws_connect("/v1/live") as socket:
        await socket.send_json({"type": "hello", "ticket": given["ticket"], **HOST})
        await ends(socket)
