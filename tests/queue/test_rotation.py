"""In which order singers come up, and who is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singr.core import clock
from singr.queue import arranging, rotation
from singr.queue.arranging import Asked, Sung
from singr.queue.rotation import Waiting
from singr.realtime.state import NO_FACES, Faces, Item
from singr.venues.live_shapes import RotatingVenue, Rotation
from singr.venues.rules import Rules
from tests.house import House
from tests.live import DEMO, Shown, streaming, watching

WAITING = [Waiting(1, "ann"), Waiting(2, "ann"), Waiting(3, "bo"), Waiting(4, "cy"), Waiting(5, "ann")]
SUNG = {"bo": 2}
a_singer = st.sampled_from(["ann", "bo", "cy", "di"])
a_queue = st.lists(a_singer, max_size=30).map(lambda them: [Waiting(n, who) for n, who in enumerate(them, 1)])


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("off", []),
        ("arrival", [1, 2, 3, 4, 5]),
        ("first_timers", [1, 4, 2, 3, 5]),
        ("fewest", [1, 4, 2, 3, 5]),
    ],
)
def test_a_preset_decides_who_comes_when(preset: Rotation, expected: list[int]) -> None:
    assert [turn.id for turn in rotation.order(preset, WAITING, SUNG)] == expected


def test_fewest_songs_first_gives_turns_in_rounds() -> None:
    waiting = [Waiting(1, "ann"), Waiting(2, "ann"), Waiting(3, "ann"), Waiting(4, "bo"), Waiting(5, "bo")]
    assert rotation.order("fewest", waiting, {}) == [(1, 1), (4, 1), (2, 2), (5, 2), (3, 3)]
    assert rotation.order("fewest", waiting, {"ann": 1}) == [(4, 1), (1, 2), (5, 2), (2, 3), (3, 4)]


@given(a_queue, st.dictionaries(a_singer, st.integers(0, 5)), st.sampled_from(["arrival", "first_timers", "fewest"]))
def test_everybody_who_waits_has_one_place_and_own_songs_keep_their_order(
    waiting: list[Waiting], sung: dict[str, int], preset: Rotation
) -> None:
    order = rotation.order(preset, waiting, sung)
    assert sorted(turn.id for turn in order) == [request.id for request in waiting]
    of = {request.id: request.singer for request in waiting}
    for who in set(of.values()):
        own = [turn for turn in order if of[turn.id] == who]
        assert own == sorted(own)
        assert [turn.number for turn in own] == list(range(sung.get(who, 0) + 1, sung.get(who, 0) + 1 + len(own)))


@given(a_queue, st.integers(1, 31))
def test_who_is_locked_comes_first_as_long_as_they_wait(waiting: list[Waiting], locked: int) -> None:
    order = [turn.id for turn in rotation.order("fewest", waiting, {}, locked)]
    free = [turn.id for turn in rotation.order("fewest", waiting, {})]
    if locked in free:
        assert order == [locked, *(n for n in free if n != locked)]
    else:
        assert order == free


VENUE = RotatingVenue("x", "X", True, None, None, Rules(), "UTC", "hidden", "arrival", None)


def sung(number: int, ago: timedelta, via: str = "console") -> Item:
    at = clock.now() - ago
    told = (b'{"id":%d}' % number,) * 2 if via == "console" else (None, None)
    return Item(-number, NO_FACES, facts=Sung("ann", at, at, *told))


def rotation_of(*items: Item) -> dict[str, Any]:
    waits = Item(9, Faces(b"{}"), facts=Asked("ann"))
    told = arranging.arrange({item.id: item for item in (arranging.venue(VENUE), waits, *items)})
    assert told
    assert told.faces.host
    return dict(orjson.loads(told.faces.host)["rotation"])


def test_songs_of_the_night_before_count_no_more_although_nobody_reads_again() -> None:
    assert rotation_of(sung(1, timedelta(0)), sung(2, timedelta(0)))["turns"] == [3]
    told = rotation_of(sung(1, timedelta(days=1)), sung(2, timedelta(days=2)))
    assert (told["turns"], told["now"]) == ([1], None)


def test_who_sings_now_is_whoever_was_accepted_last_here_and_nobody_knows_once_openkj_took_another() -> None:
    assert rotation_of(sung(1, timedelta(seconds=2)), sung(2, timedelta(seconds=1)))["now"] == {"id": 2}
    assert rotation_of(sung(1, timedelta(seconds=2)), sung(2, timedelta(seconds=1), "openkj"))["now"] is None


async def change(house: House, **body: Any) -> tuple[int, Any]:
    path = f"/v1/customer/venues/{await house.venue_id()}/rotation"
    return await house.call("PATCH", path, json=body, headers=await house.sign_in())


async def ask(house: House, name: str, title: str) -> int:
    """From a phone of their own."""
    house.client.session.cookie_jar.clear()
    return int((await house.ask(singerName=name, title=title))["id"])


async def accept(house: House, *ids: int) -> None:
    for each in ids:
        body = {"status": "processed"}
        path = f"/v1/customer/requests/{each}"
        assert (await house.call("PATCH", path, json=body, headers=await house.sign_in()))[0] == 200


def order_of(shown: Shown) -> list[int]:
    told = shown.venue.get("rotation") or {}
    return list(told.get("order", told.get("next", [])))


async def test_a_rotation_is_told_to_hosts_and_who_comes_soon_to_everybody(house: House) -> None:
    ids = [await ask(house, f"Singer {n}", f"Song {n}") for n in range(7)]
    async with (
        watching(house, "host", headers=await house.sign_in()) as host,
        streaming(house, f"/v1/live/venues/{DEMO}/events?view=display") as screen,
    ):
        await screen.until(lambda s: bool(s.venue))
        assert [shown.venue["rotation"] for shown in (host, screen)] == [None, None]
        status, told = await change(house, preset="fewest")
        assert (status, [each["requestId"] for each in told["order"]]) == (200, ids)
        await host.until(lambda s: order_of(s) == ids)
        await screen.until(lambda s: order_of(s) == ids[:5])
        await accept(house, ids[0])
        await host.until(lambda s: order_of(s) == ids[1:])
        assert host.venue["rotation"]["now"]["singerName"] == "Singer 0"
        await screen.until(lambda s: s.venue["rotation"]["now"]["title"] == "Song 0")
        await change(house, preset="off")
        await host.until(lambda s: s.venue["rotation"] is None)


async def test_who_has_not_sung_comes_before_who_has_until_put_back(house: House) -> None:
    first, second = await ask(house, "Ann", "One"), await house.ask(singerName="Ann", title="Two")
    bo = await ask(house, "Bo", "Three")
    await change(house, preset="first_timers")
    async with watching(house, "host", headers=await house.sign_in()) as host:
        await host.until(lambda s: order_of(s) == [first, bo, second["id"]])
        await accept(house, first)
        await host.until(lambda s: order_of(s) == [bo, second["id"]])
        assert host.venue["rotation"]["turns"] == [1, 2]
        path = f"/v1/customer/requests/{first}/restore"
        assert (await house.call("POST", path, headers=await house.sign_in()))[0] == 200
        await host.until(lambda s: order_of(s) == [first, bo, second["id"]])
        assert not host.venue["rotation"]["now"]
    async with watching(house, "host", headers=await house.sign_in()) as again:
        assert again.venue == host.venue


async def test_who_is_locked_stays_next_although_a_first_timer_asks(house: House) -> None:
    ann = await ask(house, "Ann", "One")
    await change(house, preset="first_timers")
    await accept(house, ann)
    ann = (await house.ask(singerName="Ann", title="Two"))["id"]
    house.client.session.cookie_jar.clear()
    status, told = await change(house, locked=ann)
    assert (status, told["locked"]) == (200, ann)
    bo = await ask(house, "Bo", "Three")
    async with watching(house, "host", headers=await house.sign_in()) as host:
        await host.until(lambda s: order_of(s) == [ann, bo])
        await change(house, locked=None)
        await host.until(lambda s: order_of(s) == [bo, ann])
        assert host.venue["rotation"]["locked"] is None


async def test_only_what_waits_at_the_own_venue_can_be_next(house: House) -> None:
    ann = await ask(house, "Ann", "One")
    await change(house, preset="arrival")
    status, problem = await change(house, locked=ann + 1000)
    assert (status, problem["errors"][0]["field"]) == (422, "locked")
    path = f"/v1/customer/venues/{await house.venue_id()}/rotation"
    assert (await house.call("PATCH", path, json={"preset": "off"}, headers=house.stranger()))[0] == 404
    assert (await house.call("PATCH", path, json={"locked": ann}, headers=house.stranger()))[0] == 404
    assert (await house.call("GET", path, headers=house.stranger()))[0] == 404


async def test_who_comes_next_in_a_rotation_is_told_so_and_not_who_asked_first(house: House) -> None:
    ann = await ask(house, "Ann", "One")
    await change(house, preset="first_timers")
    await accept(house, ann)
    await ask(house, "Cy", "Zero")
    house.client.session.cookie_jar.clear()
    ann = (await house.ask(singerName="Ann", title="Two"))["id"]
    bo = (await house.ask(singerName="Bo", title="Three"))["id"]
    async with streaming(house, f"/v1/live/venues/{DEMO}/events?view=singer") as mine:
        await mine.until(lambda s: bool(s.venue))
        await change(house, locked=bo)
        await mine.until(lambda s: any(m["type"] == "notice" for m in s.messages))
        told = next(m for m in mine.messages if m["type"] == "notice")
        assert (told["kind"], told["id"]) == ("upNext", bo)
    assert ann
