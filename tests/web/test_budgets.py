"""What the singer page costs a phone's data plan: bytes and calls, headers included."""

from __future__ import annotations

import pytest
from aiohttp import ClientResponse

from singr.web.assets import ASSETS
from singr.web.words import LANGUAGES
from tests.house import House

PAGE = "/v/test-karaoke-bar"
FIRST_MAX, REPEAT_MAX = 30_000, 2_000
PACKED = {"Accept-Encoding": "gzip"}
# What the page needs to be usable.
NEEDED = ("singer/singer.js", "icon.svg")


async def cost(answer: ClientResponse) -> int:
    """Bytes on the wire, at least nearly: the head, and the body as it was sent."""
    head = sum(len(name) + len(value) + len(": \r\n") for name, value in answer.raw_headers)
    await answer.read()
    return head + int(answer.headers.get("Content-Length", 0))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_a_first_visit_costs_thirty_kilobytes_at_most_with_the_worker(language: str, house: House) -> None:
    urls = [PAGE, *(ASSETS[name].url for name in (*NEEDED, "singer/worker.js"))]
    total = 0
    for url in urls:
        async with house.client.get(url, headers=PACKED | {"Accept-Language": language}) as answer:
            assert answer.status == 200
            total += await cost(answer)
    assert total <= FIRST_MAX


async def test_a_page_that_has_not_changed_is_not_sent_again(house: House) -> None:
    async with house.client.get(PAGE, headers=PACKED) as first:
        tag, policy = first.headers["ETag"], first.headers["Content-Security-Policy"]
    async with house.client.get(PAGE, headers=PACKED | {"If-None-Match": tag}) as again:
        assert again.status == 304
        assert again.headers["Content-Security-Policy"] == policy
        assert await cost(again) <= REPEAT_MAX
    for name in NEEDED:
        async with house.client.get(ASSETS[name].url) as file:
            assert "immutable" in file.headers["Cache-Control"]


async def test_another_language_or_a_request_is_another_page(house: House) -> None:
    async with house.client.get(PAGE, headers=PACKED) as first:
        tag = first.headers["ETag"]
    async with house.client.get(PAGE, headers={"If-None-Match": tag, "Accept-Language": "ar"}) as other:
        assert other.status == 200
    await house.ask()
    async with house.client.get(PAGE, headers={"If-None-Match": tag}) as changed:
        assert changed.status == 200


async def test_the_worker_may_stand_for_the_pages_of_venues_and_is_bound_by_a_policy_of_its_own(house: House) -> None:
    async with house.client.get(PAGE) as page:
        assert f'data-worker="{ASSETS["singer/worker.js"].url}"' in await page.text()
        assert "trusted-types worker" in page.headers["Content-Security-Policy"]
    async with house.client.get(ASSETS["singer/worker.js"].url) as worker:
        assert worker.headers["Service-Worker-Allowed"] == "/v/"
        assert worker.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
    for other in ("/host", f"{PAGE}/screen"):
        async with house.client.get(other) as page:
            assert "trusted-types 'none'" in page.headers["Content-Security-Policy"]
    async with house.client.get(ASSETS["host/host.js"].url) as script:
        assert "Service-Worker-Allowed" not in script.headers
