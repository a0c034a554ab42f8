"""The crowds of `bench reach` and `bench churn`, small: everybody comes, knows, leaves, and nothing stays behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import churn
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
    found = told(filling.measured(here, WATCHERS))
    assert (found["watchers connected"], found["watchers lost"]) == (WATCHERS, 0)
    assert [n for name, n in found.items() if "never reached all" in name] == [0, 0]
    assert found["deliveries a second meanwhile"] > 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("here", [1], indirect=True)
def test_watchers_who_come_and_go_leave_nothing_behind(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(churn, "SETTLES_S", 1)
    found = told(churn.measured(here, WATCHERS, 6))
    assert found["of 200 watchers left and came back in 6 s"] > 0
    assert (found["watchers lost"], found["of 20 writes afterwards never reached all"]) == (0, 0)
    assert (found["everybody left: connections"], found["everybody left: rooms"]) == (0, 0)
