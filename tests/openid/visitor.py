"""A person's browser, as far as signing in goes: cookies of one site, redirects, and the provider's pages filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from typing import Any

from aiohttp import ClientSession, ClientTimeout, CookieJar
from yarl import URL

from tests.house import House
from tests.openid.dex import PASSWORD

ACTION = re.compile(r'<form[^>]*action="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class Landing:
    """Where a call of ours led: `status`, its page, and the address it sends people to."""

    status: int
    text: str
    address: str
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """What stands behind `#oauth=`."""
        return URL(self.address).fragment.removeprefix("oauth=")


@dataclass
class Visitor:
    """`cookies` are those of our site; `attributes` what was said of each when it was set."""

    house: House
    cookies: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def visit(self, method: str, address: str, **given: Any) -> Landing:
        """One call of ours, with and keeping cookies; limits start anew."""
        async for key in self.house.kit.redis.scan_iter("{limit}:*"):
            await self.house.kit.redis.delete(key)
        url = self.house.client.make_url(URL(address).path_qs if "://" in address else address)
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())} if self.cookies else {}
        async with (
            ClientSession(cookie_jar=_no_jar(), timeout=ClientTimeout(total=60)) as http,
            http.request(method, url, allow_redirects=False, headers=headers, **given) as answer,
        ):
            for line in answer.headers.getall("Set-Cookie", ()):
                self._keep(line)
            heads = dict(answer.headers)
            return Landing(answer.status, await answer.text(), heads.get("Location", ""), heads)

    async def start(self, provider: str = "dex", **query: str) -> Landing:
        """Press "Continue with …"."""
        return await self.visit("GET", str(URL(f"/v1/auth/oauth/{provider}/start").with_query(query)))

    async def leave(self, email: str, provider: str = "dex", **query: str) -> str:
        """Start, sign in at the provider, and stop before coming back: the address one is sent to."""
        started = await self.start(provider, **query)
        assert started.status == 303, started.text
        return (await at_provider(started.address, email))[0]

    async def sign_in(self, email: str, provider: str = "dex", **query: str) -> Landing:
        """The whole way, to the page that has a code."""
        started = await self.start(provider, **query)
        assert started.status == 303, started.text
        address, form = await at_provider(started.address, email)
        return await (self.visit("POST", address, data=form) if form else self.visit("GET", address))

    async def exchange(self, code: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """What the page does with the code."""
        url = self.house.client.make_url("/v1/auth/oauth/exchange")
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        async with (
            ClientSession(cookie_jar=_no_jar(), timeout=ClientTimeout(total=60)) as http,
            http.post(url, json={"code": code} | more, headers=headers) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    async def session(self, email: str, provider: str = "dex", **query: str) -> dict[str, Any]:
        """Signed in."""
        landing = await self.sign_in(email, provider, **query)
        assert landing.status == 303, landing.text
        status, session = await self.exchange(landing.code)
        assert status == 200, session
        return session

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            self.cookies[name] = morsel.value
            self.attributes[name] = {key: str(value) for key, value in morsel.items() if value}


async def at_provider(address: str, email: str) -> tuple[str, dict[str, str]]:
    """Sign in at dex by its own pages; the address people are sent back to, and the form they bring along (Apple)."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), timeout=ClientTimeout(total=60)) as http:
        method, origin = "GET", URL(address).origin()
        form: dict[str, str] = {}
        while URL(address).origin() == origin:
            async with http.request(method, address, data=form or None, allow_redirects=False) as answer:
                page, here = await answer.text(), answer.url
                assert answer.status < 400, page
                if "Location" in answer.headers:
                    method, form, address = "GET", {}, str(here.join(URL(answer.headers["Location"])))
                    continue
            method, address, form = "POST", str(here.join(URL(unescape(_first(ACTION, page) or str(here))))), {}
            form = {name: unescape(value) for name, value in HIDDEN.findall(page)}
            if 'name="password"' in page:
                form |= {"login": email, "password": PASSWORD}
            elif 'name="approval"' in page:
                form["approval"] = "approve"
        return address, form


async def nobody_came_in(house: House, landing: Landing, status: int = 401) -> None:
    """A page says no, leads nowhere, and nothing was linked."""
    assert (landing.status, landing.address) == (status, ""), landing.text
    assert landing.headers["Content-Type"] == "text/html; charset=utf-8"
    assert await house.value("SELECT count(*) FROM accounts") == 0


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    return found[1] if (found := pattern.search(text)) else None


def _no_jar() -> CookieJar:
    return CookieJar(unsafe=True)
