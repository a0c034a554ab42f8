"""The crowds of the live benches, small: everybody comes, knows, leaves or comes back, and nothing stays behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import uvloop

from bench import churn, fanout, idle, latency, rolling, slow, stampede
from bench.figures import Figure
from bench.reach import filling, place
from bench.reach.place import Place
from singr.up.packages import Missing

WATCHERS = 200


@pytest.fixture
def here(demo_url: str, redis_url: str, request: pytest.FixtureRequest) -> Iterator[Place]:
    """So many servers on one port."""
    try:
        with place.served(request.param, demo_url, redis_url) as served:
            yield served
    except Missing as exc:
        pytest.skip(str(exc))


def told(figures: list[Figure]) -> dict[str, float]:
    return {figure.name: figure.runs[0] for figure in figures}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [2], indirect=True)
def test_all_watchers_of_several_processes_learn_of_every_change(here: Place) -> None:
    found = told(uvloop.run(filling.measured(here, WATCHERS)))
    assert (found["watchers connected"], found["watchers lost"]) == (WATCHERS, 0)
    assert [n for name, n in found.items() if "never reached all" in name] == [0, 0]
    assert found["deliveries a second meanwhile"] > 0
    assert found["descriptors of the fullest server"] > WATCHERS / 4


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_where_not_all_watchers_can_come_it_is_told_how_far_it_went(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "CONNECTS_S", 0.5)
    monkeypatch.setattr(filling, "LOOKS_S", 0.1)
    found = told(uvloop.run(filling.measured(here, 15_000)))
    assert 0 <= found["watchers connected"] < 15_000
    assert "of 100 writes never reached all" not in found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_watchers_who_come_and_go_leave_nothing_behind(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(churn, "SETTLES_S", 1)
    found = told(uvloop.run(churn.measured(here, WATCHERS, 6)))
    assert found["of 200 watchers left and came back in 6 s"] > 0
    assert (found["watchers lost"], found["of 20 writes afterwards never reached all"]) == (0, 0)
    assert (found["everybody left: connections"], found["everybody left: rooms"]) == (0, 0)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_everybody_comes_back_after_a_kill(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stampede, "CALM_S", 2)
    monkeypatch.setattr(stampede, "WRITES_S", 10)
    found = told(uvloop.run(stampede.measured(here, WATCHERS)))
    assert found["of 200 watchers not back"] == 0
    assert [n for name, n in found.items() if "never reached all" in name] == [0]
    assert found["from the kill until all were back"] >= found["a watcher's gap, p99"] > 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [2], indirect=True)
def test_a_rolling_restart_loses_nobody(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "CALM_S", 2)
    found = told(uvloop.run(rolling.measured(here, WATCHERS)))
    assert found["of 200 watchers not back"] == 0
    assert [n for name, n in found.items() if "never reached all" in name] == [0]
    assert found["gaps a watcher"] >= 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_watchers_who_stop_reading_are_closed_as_too_slow(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow, "QUIET_S", 2)
    found = told(uvloop.run(slow.measured(here, 40, per_s=30, rounds=1)))
    assert found["of 2 slow ones closed as such"] == 2
    assert found["from being behind until gone, the longest"] > 0
    assert found["the others: commit → client, p99"] > 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_idle_watchers_are_all_there_while_their_cost_is_measured(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "SPELLS", 2)
    assert "CPU with 200 idle watchers" in told(uvloop.run(idle.measured(here, WATCHERS, 2)))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_every_watcher_counts_in_the_latency(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "TRIES_S", 2)
    found = told(uvloop.run(latency.measured(here, WATCHERS, 5, most_per_s=20)))
    assert [n for name, n in found.items() if "never reached all" in name] == [0]
    assert found["commit → client, p99.9"] >= found["commit → client, p50"] > 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_deliveries_are_counted_beside_as_many_sends_of_as_many_bytes(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "BUDGETS", {WATCHERS: 0.75})
    monkeypatch.setattr(fanout, "CHANGES", 5)
    monkeypatch.setattr(fanout, "ROUNDS", 1)
    rate, each = uvloop.run(fanout.measured(here, min(os.sched_getaffinity(0))))
    assert "to 200 watchers" in rate.name
    assert len(rate.runs) == len(rate.reference) == len(each.runs) == 1
    assert min(*rate.reference, *each.reference) > 0
