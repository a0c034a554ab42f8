"""Browsers on other sites: everybody may use what is public, without credentials; configured origins the rest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.stage import ECHO, GUEST, TELL, Client, served

HOME, ELSEWHERE = "https://app.example", "https://elsewhere.example"


async def preflight(client: Client, path: str, method: str, origin: str) -> tuple[int, dict[str, str]]:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
    }
    async with client.options(path, headers=asked) as answer:
        return answer.status, dict(answer.headers)


def open_house() -> Any:
    return served(TELL, GUEST, ECHO, cors_origins=(HOME,))


@pytest.mark.parametrize("origin", [HOME, ELSEWHERE])
async def test_any_origin_may_read_what_is_public_without_credentials(origin: str) -> None:
    async with open_house() as client, client.post("/v1/public/guest", headers={"Origin": origin}) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in answer.headers
        exposed = answer.headers["Access-Control-Expose-Headers"].lower()
        assert all(name in exposed for name in ("x-singr-device", "retry-after", "x-request-id", "ratelimit-limit"))


async def test_the_rest_is_for_configured_origins_with_credentials() -> None:
    async with open_house() as client:
        async with client.get("/v1/tell", headers={"Origin": HOME}) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == HOME
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        async with client.get("/v1/tell", headers={"Origin": ELSEWHERE}) as answer:
            assert answer.status == 200
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_without_configured_origins_no_other_site_may_use_the_rest() -> None:
    async with served(TELL) as client:
        async with client.get("/v1/tell", headers={"Origin": HOME}) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers
        status, headers = await preflight(client, "/v1/tell", "GET", HOME)
        assert status >= 400
        assert "Access-Control-Allow-Origin" not in headers


async def test_a_preflight_is_answered_for_whom_it_may_concern() -> None:
    async with open_house() as client:
        status, headers = await preflight(client, "/v1/echo", "POST", HOME)
        assert status == 200
        assert headers["Access-Control-Allow-Origin"] == HOME
        assert headers["Access-Control-Allow-Methods"] == "POST"
        assert "authorization" in headers["Access-Control-Allow-Headers"].lower()
        assert headers["Access-Control-Max-Age"] == "3600"
        status, headers = await preflight(client, "/v1/echo", "POST", ELSEWHERE)
        assert status == 403
        assert "Access-Control-Allow-Origin" not in headers
        status, headers = await preflight(client, "/v1/public/guest", "POST", ELSEWHERE)
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, ELSEWHERE)


async def test_a_refusal_can_be_read_by_who_may_read_the_answer() -> None:
    async with open_house() as client, client.post("/v1/echo", data=b"{", headers={"Origin": HOME}) as answer:
        assert answer.status == 422
        assert answer.headers["Access-Control-Allow-Origin"] == HOME
