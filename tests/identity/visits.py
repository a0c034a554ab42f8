"""What people do at `/v1/auth`, for tests."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.house import House

PASSWORD = "correct-horse-battery"
NEW_PASSWORD = "staple-of-another-sort"


async def post(house: House, path: str, headers: dict[str, str] | None = None, **body: Any) -> tuple[int, Any]:
    """One call below /v1/auth; the limits by address start anew, since all tests share one."""
    async for key in house.kit.redis.scan_iter("{limit}:*"):
        if b":links:" not in key:
            await house.kit.redis.delete(key)
    return await house.call("POST", f"/v1/auth/{path}", json=body, headers=headers or {})


async def register(house: House, email: str = "new@example.com", **body: Any) -> tuple[int, Any]:
    return await post(house, "register", email=email, **{"password": PASSWORD, "accountType": "customer"} | body)


async def sign_in(house: House, email: str, password: str = PASSWORD) -> tuple[int, Any]:
    return await post(house, "signin", email=email, password=password)


def bearer(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['accessToken']}"}


async def profile(house: House, session: dict[str, Any]) -> tuple[int, Any]:
    return await house.call("GET", "/v1/auth/profile", headers=bearer(session))


async def refused(house: House, session: dict[str, Any]) -> None:
    """Returns once the session's access token is refused: the news has reached this process."""
    async with asyncio.timeout(60):
        while (await profile(house, session))[0] != 401:
            async for key in house.kit.redis.scan_iter("{limit}:*"):
                await house.kit.redis.delete(key)
            await asyncio.sleep(0.05)
