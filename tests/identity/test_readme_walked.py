"""The README's own lines, asked as they stand there, take a newcomer from an account to how the night went."""

from __future__ import annotations

from string import Template
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from singr.analytics import counting
from singr.imports import jobs
from tests.house import House
from tests.laws.test_readme import CALLS, curl
from tests.mailbox import Mailbox

SONGS = b"Queen,Innuendo\nABBA,Waterloo\n"
TENANT = "SELECT customer_profiles_id::text FROM song_imports"


class Newcomer:
    """Somebody with the README open. `known` is what they put in where it leaves a gap."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.known: dict[str, str] = {}

    async def types(self, part: str, status: int, **gaps: str) -> Any:
        """The first line that holds `part`, with each key of `gaps` replaced; its answer, which has `status`."""
        for words in CALLS:
            line = " ".join(words)
            if part in line:
                break
        else:
            pytest.fail(f"the README has no {part}")
        call = curl.parse_args([_filled(word, self.known, gaps) for word in words])
        url = urlsplit(f"//{call.url}")
        path = f"{url.path}?{url.query}" if url.query else url.path
        headers = dict(header.split(": ", 1) for header in call.H)
        data = _form() if call.F else call.d
        method = call.X or ("POST" if data else "GET")
        found, answer = await self._house.call(method, path, data=data, headers=headers)
        assert found == status, (line, answer)
        return answer


def _filled(word: str, known: dict[str, str], gaps: dict[str, str]) -> str:
    for gap, filling in gaps.items():
        word = word.replace(gap, filling)
    return Template(word).safe_substitute(known)


def _form() -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", SONGS, filename="songs.csv")
    return form


async def test_from_an_account_to_how_the_night_went(home: House, mailbox: Mailbox) -> None:
    ann = Newcomer(home)
    await ann.types("/v1/auth/register", 202)
    await ann.types("/v1/auth/verify-email", 200, **{"…": await mailbox.token(home.kit)})
    session = await ann.types('signin -H Content-Type: application/json -d {"email": "ann@', 200)
    ann.known["T"] = session["accessToken"]
    venue = await ann.types("/v1/customer/venues", 201)
    begun = await ann.types("/v1/customer/systems/1/songs/import", 202)
    await jobs.run_import(home.kit, tenant=await home.value(TENANT), import_id=begun["id"])
    [done] = (await ann.types("/v1/customer/songdb/imports", 200))["items"]
    assert (done["status"], done["rowsAdded"]) == ("done", 2)
    [found] = (await ann.types("/venues/the-anchor/songs", 200))["items"]
    assert found["title"] == "Innuendo"
    key = (await ann.types("/v1/customer/api-keys", 201))["key"]
    poll = {"command": "getRequests", "api_key": key, "venue_id": venue["openkjVenueId"]}
    asked = await ann.types("/venues/the-anchor/requests", 201)
    _, collected = await home.call("POST", "/v1/openkj/api/command", json=poll)
    assert [request["title"] for request in collected["requests"]] == ["Innuendo"]
    await ann.types("/v1/customer/requests/1", 200, **{"requests/1": f"requests/{asked['id']}"})
    await counting.count_nights(home.kit)
    [night] = (await ann.types("/v1/customer/analytics/daily-stats", 200))["items"]
    assert (night["requests"], night["processed"]) == (1, 1)
