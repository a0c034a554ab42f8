"""The address a QR code leads to: PUBLIC_URL, or however the caller reached us."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from msgspec.structs import replace

from singr.core.settings import Settings
from singr.web import address
from tests.house import VENUE, House, opened


def url_for(host: str, **settings: str) -> str:
    request = make_mocked_request("GET", "/", headers={"Host": host})
    return address.singer_url(Settings(port=8080, **settings), request, "bar")  # type: ignore[arg-type]


def test_phones_get_the_address_the_caller_used() -> None:
    assert url_for("192.168.1.20:8080") == "http://192.168.1.20:8080/v/bar"
    assert url_for("[fe80::1]:8080") == "http://[fe80::1]:8080/v/bar"


def test_the_public_url_comes_first() -> None:
    assert url_for("192.168.1.20:8080", public_url="https://sing.example/") == "https://sing.example/v/bar"


@pytest.mark.parametrize("host", ["evil.example/x", "a b", '"><script>', "", "x:123456", "user@host"])
def test_a_host_header_that_is_none_is_not_believed(host: str) -> None:
    assert url_for(host) == "http://localhost:8080/v/bar"


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_this_machine_is_named_as_the_network_knows_it(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "_network_address", lambda: "192.168.1.20")
    assert url_for(host) == "http://192.168.1.20:8080/v/bar"
    monkeypatch.setattr(address, "_network_address", lambda: None)
    assert url_for(host) == f"http://{host}/v/bar"


async def test_the_code_is_an_svg_and_says_where_it_leads(house: House) -> None:
    async with house.client.get(f"{VENUE}/qr.svg", headers={"Host": "sing.example"}) as answer:
        assert answer.content_type == "image/svg+xml"
        assert answer.headers["Link"] == '<http://sing.example/v/test-karaoke-bar>; rel="about"'
        assert (await answer.text()).startswith("<svg")
    assert (await house.call("GET", "/v1/public/venues/nowhere/qr.svg"))[0] == 404


async def test_the_screen_shows_the_public_address(settings: Settings) -> None:
    public = replace(settings, public_url="https://sing.example")
    async with opened(public) as house, house.client.get("/v/test-karaoke-bar/screen") as answer:
        assert "sing.example/v/test-karaoke-bar" in await answer.text()
