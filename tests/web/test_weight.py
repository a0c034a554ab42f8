"""What a page costs before it is usable, in bytes and files: numbers that do not depend on the machine."""

from __future__ import annotations

import re

import pytest

from singr.web.words import LANGUAGES
from tests.house import House

KB = 1000


async def weigh(house: House, path: str, language: str) -> tuple[int, int]:
    """The compressed bytes of a document and the files it names in its head, and how many that are."""
    packed = {"Accept-Encoding": "gzip", "Accept-Language": language}
    async with house.client.get(path, headers=packed, auto_decompress=False) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        total = len(await answer.read())
    async with house.client.get(path) as answer:
        head = (await answer.text()).partition("</head>")[0]
    files = re.findall(r'(?:src|href)="(/[^"]+)"', head)
    for file in files:
        async with house.client.get(file, headers=packed, auto_decompress=False) as answer:
            total += len(await answer.read())
    return total, 1 + len(files)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize(
    ("path", "bytes_most", "requests_most"),
    [("/host", 50 * KB, 4), ("/v/test-karaoke-bar/screen", 30 * KB, 3)],
)
async def test_a_first_load_keeps_within_its_budget(
    path: str, bytes_most: int, requests_most: int, language: str, house: House
) -> None:
    weight, requests = await weigh(house, path, language)
    assert weight <= bytes_most
    assert requests <= requests_most


@pytest.mark.parametrize("path", ["/host", "/v/test-karaoke-bar/screen"])
async def test_a_page_that_has_not_changed_is_not_sent_again(path: str, house: House) -> None:
    async with house.client.get(path) as first:
        tag = first.headers["ETag"]
    async with house.client.get(path, headers={"If-None-Match": tag}) as again:
        assert again.status == 304
