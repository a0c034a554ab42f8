"""A whole evening's secrets: none of them is in a log line or in the metrics."""

from __future__ import annotations

import asyncio
import logging

from prometheus_client import REGISTRY, generate_latest

from tests.heard import Heard
from tests.house import House


async def evening(house: House) -> set[str]:
    """Sign in, fail to, refresh, ask for a song, follow and withdraw it, be OpenKJ: the secrets all that took."""
    login = {"email": house.demo.host.email, "password": house.demo.host.password}
    _, session = await house.call("POST", "/v1/auth/signin", json=login)
    await house.call("POST", "/v1/auth/signin", json=login | {"password": "a-wrong-hunter2"})
    _, renewed = await house.call("POST", "/v1/auth/refresh", json={"refreshToken": session["refreshToken"]})
    await house.call("GET", "/v1/auth/profile", headers={"Authorization": f"Bearer {session['accessToken']}"})
    await house.call("GET", "/v1/auth/profile", headers={"Authorization": "Bearer eyJhbGciOi.forged.hunter2"})
    receipt = await house.ask()
    for method in ("GET", "DELETE", "PUT"):
        await house.call(method, f"/v1/public/requests/{receipt['trackingToken']}")
    command = {"api_key": house.demo.api_key, "command": "getSerial"}
    await house.call("POST", "/v1/openkj/api/command", json=command)
    await house.call("POST", "/v1/openkj/api/command", json=command | {"api_key": "skj_wrong-hunter2"})
    await house.call("GET", f"/api/requests/{house.demo.api_key}")
    await house.call("GET", f"/api/request/{house.demo.api_key}")
    await house.call("POST", "/v1/auth/signout", headers={"Authorization": f"Bearer {renewed['accessToken']}"})
    device = house.client.session.cookie_jar.filter_cookies(house.client.make_url("/"))["singr_device"].value
    tokens = {one[name] for one in (session, renewed) for name in ("accessToken", "refreshToken")}
    return {login["password"], "hunter2", house.demo.api_key, receipt["trackingToken"], device, *tokens}


async def test_no_secret_of_an_evening_is_written_anywhere(house: House, heard: Heard) -> None:
    secrets = await evening(house)
    async with asyncio.timeout(30):  # calls' lines are written in bundles, the last call's last
        while '"route":"/v1/auth/signout"' not in "\n".join(heard.lines):
            await asyncio.sleep(0.01)
    logging.getLogger().removeHandler(heard)
    written = "\n".join(heard.lines)
    assert '"message":"signed in"' in written
    assert '"message":"sign-in refused"' in written
    assert '"route":"/v1/public/requests/{tracking_token}"' in written
    told = generate_latest(REGISTRY).decode()
    assert "singr_openkj_commands_total" in told
    for secret in secrets:
        assert secret not in written
        assert secret not in told
