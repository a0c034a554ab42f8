"""What every answer carries, whatever was asked: ids, limits, tags, and problems in one form."""

from __future__ import annotations

import pytest

from singr import table
from singr.core.errors import NotFound, Problem, RateLimited
from singr.http import endpoint
from singr.http.call import Call
from singr.http.guard import PUBLIC
from singr.http.route import Route
from singr.infra.limits import Rate
from tests.http.stage import ECHO, GUEST, PLENTY, STILL, TELL, Own, Seen, served, slug, tell


@pytest.mark.parametrize("offered", ["deploy-42.x_y", "a" * 64])
async def test_a_sane_request_id_comes_back(offered: str) -> None:
    async with served(TELL) as client, client.get("/v1/tell", headers={"X-Request-Id": offered}) as answer:
        assert answer.headers["X-Request-Id"] == offered
        assert (await answer.json())["requestId"] == offered


@pytest.mark.parametrize("offered", ["short", "a" * 65, "with space", 'quo"te-12345', "umläut-12345", ""])
async def test_another_request_id_is_replaced(offered: str) -> None:
    async with served(TELL) as client, client.get("/v1/tell", headers={"X-Request-Id": offered}) as answer:
        given = answer.headers["X-Request-Id"]
        assert given != offered
        assert len(given) == 16


async def test_problems_carry_the_request_id_too() -> None:
    async with served(TELL) as client, client.get("/v1/nothing", headers={"X-Request-Id": "my-own-id"}) as answer:
        assert answer.headers["X-Request-Id"] == "my-own-id"
        assert (await answer.json())["requestId"] == "my-own-id"


async def test_a_path_that_is_not_there_is_a_problem_document() -> None:
    async with served(TELL) as client, client.get("/v1/nothing?x=1") as answer:
        problem = await answer.json(content_type="application/problem+json")
        assert answer.status == 404
        assert problem["type"] == "https://singrkaraoke.com/problems/not-found"
        assert problem["instance"] == "/v1/nothing"
        assert set(problem) == {"type", "title", "status", "detail", "instance", "requestId"}
        assert answer.headers["Cache-Control"] == "no-store"


async def test_another_method_is_told_which_ones_there_are() -> None:
    async with served(TELL, ECHO) as client:
        async with client.put("/v1/tell") as answer:
            problem = await answer.json(content_type="application/problem+json")
            assert (answer.status, slug(problem)) == (405, "method-not-allowed")
            assert answer.headers["Allow"] == "GET, HEAD"
            assert problem["detail"] == "use GET, HEAD"
        async with client.get("/v1/echo") as answer:
            assert answer.headers["Allow"] == "POST"


async def test_head_is_get_without_the_body() -> None:
    still = "/v1/public/still"
    async with served(STILL) as client, client.get(still) as got, client.head(still) as head:
        assert head.status == 200
        assert await head.read() == b""
        assert head.headers["ETag"] == got.headers["ETag"]
        assert head.headers["Content-Length"] == got.headers["Content-Length"]


async def test_a_public_answer_may_be_kept_and_any_other_may_not() -> None:
    async with served(STILL, TELL) as client:
        async with client.get("/v1/public/still") as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=60"
        async with client.get("/v1/tell") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert "ETag" not in answer.headers


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', '"other" ,W/{tag}', "*"])
async def test_who_has_the_answer_already_is_not_sent_it_again(form: str) -> None:
    async with served(STILL) as client:
        async with client.get("/v1/public/still") as first:
            tag = first.headers["ETag"]
        async with client.get("/v1/public/still", headers={"If-None-Match": form.format(tag=tag)}) as answer:
            assert answer.status == 304
            assert await answer.read() == b""
            assert answer.headers["ETag"] == tag


@pytest.mark.parametrize("form", ['"other"', "{bare}", '"x{bare}"', "", '"*"', '"other, {tag}'])
async def test_who_has_another_answer_gets_this_one(form: str) -> None:
    async with served(STILL) as client:
        async with client.get("/v1/public/still") as first:
            tag = first.headers["ETag"]
        offered = form.format(tag=tag[1:], bare=tag.strip('"'))
        async with client.get("/v1/public/still", headers={"If-None-Match": offered}) as answer:
            assert answer.status == 200
            assert await answer.json() == {"text": "still"}


async def test_limits_are_told_before_and_after_they_are_reached() -> None:
    twice, limits = Route("GET", "/v1/x", tell, may=PUBLIC, rate=Rate(2, per_s=60, by="address"), returns=Seen), Own()
    async with served(twice, limits=limits) as client:
        for remaining in ("1", "0"):
            async with client.get("/v1/x") as answer:
                assert answer.headers["RateLimit-Limit"] == "2"
                assert answer.headers["RateLimit-Remaining"] == remaining
        async with client.get("/v1/x") as answer:
            problem = await answer.json()
            assert (answer.status, slug(problem)) == (429, "rate-limited")
            assert answer.headers["Retry-After"] == "30"
            assert answer.headers["RateLimit-Remaining"] == "0"
        limits.now_s += 30
        async with client.get("/v1/x") as answer:
            assert answer.status == 200


async def test_devices_do_not_use_up_each_others_limits() -> None:
    once = Route("POST", "/v1/public/x", tell, may=PUBLIC, rate=Rate(1, per_s=60, by="device"), returns=Seen)
    async with served(once) as client:
        async with client.post("/v1/public/x") as first:
            phone = {"X-Singr-Device": first.headers["X-Singr-Device"]}
        async with client.post("/v1/public/x", headers=phone) as again:
            assert again.status == 429
        async with client.post("/v1/public/x") as another:
            assert another.status == 200


async def test_a_flood_of_new_devices_from_one_address_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "NEW_DEVICES", Rate(5, per_s=60, by="address"))
    async with served(GUEST) as client:
        statuses = []
        for _ in range(6):
            async with client.post("/v1/public/guest") as answer:
                statuses.append(answer.status)
                retry_after = answer.headers.get("Retry-After")
    assert statuses == [200] * 5 + [429]
    assert retry_after == "12"


@pytest.mark.parametrize("may_retry_after_s", [0.2, 2.4])
async def test_waiting_times_are_whole_seconds_and_never_none(may_retry_after_s: float) -> None:
    async def busy(_call: Call) -> None:
        raise RateLimited(retry_after_s=may_retry_after_s)

    row = Route("GET", "/v1/busy", busy, may=PUBLIC, rate=PLENTY)
    async with served(row) as client, client.get("/v1/busy") as answer:
        assert int(answer.headers["Retry-After"]) >= may_retry_after_s


async def test_a_mistake_of_ours_tells_nothing_about_itself() -> None:
    async def broken(_call: Call) -> None:
        raise RuntimeError("password of the database is hunter2")

    row = Route("GET", "/v1/broken", broken, may=PUBLIC, rate=PLENTY)
    async with served(row) as client, client.get("/v1/broken") as answer:
        problem = await answer.json()
        assert (answer.status, slug(problem)) == (500, "internal-error")
        assert "hunter2" not in await answer.text()


async def test_keys_and_tracking_tokens_in_a_path_are_not_repeated() -> None:
    async def missing(_call: Call, token: str) -> None:
        raise NotFound

    rows = [
        Route("GET", f"/{where}/{{token}}", missing, may=PUBLIC, rate=PLENTY)
        for where in ("v1/public/requests", "api/requests")
    ]
    async with served(*rows) as client:
        for path in (
            "/v1/public/requests/12.s3cr3t",
            "/api/requests/s3cr3t",
            "/api/skj_s3cr3t",
            "/x/requests/skj_s3cr3t",
        ):
            async with client.get(path) as answer:
                assert answer.status == 404
                assert "s3cr3t" not in await answer.text()
                assert "[redacted]" in (await answer.json())["instance"]


def test_every_problem_has_a_name_of_its_own() -> None:
    assert table.ROUTES
    kinds, found = [Problem], []
    while kinds:
        kind = kinds.pop()
        found.append(kind)
        kinds += kind.__subclasses__()
    assert {kind.slug for kind in found if kind.status == 401} == {"authentication-failed"}
    assert all(kind.title and kind.status >= 400 for kind in found)
