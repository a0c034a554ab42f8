"""The checker itself: a good night passes, and each invariant's breach is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.checker import judge
from tests.faults.journal import Commit, Journal, Leftover, Row, Sample, Shown, Stored, Write, digest

NOTHING: list[Row] = []
ONE: list[Row] = [(1, "bar", "bar/1")]
TWO: list[Row] = [*ONE, (2, "bar", "bar/2")]


def shown(at: float, version: int, rows: list[Row], status: str = "live", **more: object) -> Shown:
    return Shown("w", "bar", "display", at, status, "e", version, digest(rows))._replace(**more)  # type: ignore[arg-type]


GOOD = Journal(
    commits=[Commit("bar", "e", v, at, digest(rows)) for v, at, rows in ((0, 0, NOTHING), (1, 10, ONE), (2, 20, TWO))],
    shown=[shown(1, 0, NOTHING), shown(10.2, 1, ONE), shown(20.5, 2, TWO)],
    writes=[Write("bar/1", True, request_id=1), Write("bar/2", True, request_id=2), Write("bar/3", False)],
    stored=[Stored("bar/1", 1, "pending"), Stored("bar/2", 2, "pending")],
    healed_at=15,
    samples=[Sample("api", 0, 10, 0), Sample("api", 4, 10, 40)],
    leftovers=[Leftover("api", "descriptors", 20, 40)],
)


def test_a_good_night_is_good() -> None:
    verdict = judge(GOOD, staleness_max_s=1)
    assert not verdict.red, str(verdict)
    assert verdict.staleness_s == pytest.approx(0.5)


@pytest.mark.parametrize(("late_s", "red", "unsure"), [(0.0, True, False), (3.0, True, False), (4.1, False, True)])
def test_what_is_late_by_no_more_than_the_harness_was_says_nothing(late_s: float, red: bool, unsure: bool) -> None:
    late = replace(GOOD, shown=[shown(1, 0, NOTHING), shown(15, 2, TWO)], late_s=late_s)
    verdict = judge(late, staleness_max_s=1)
    assert (verdict.red, verdict.unsure) == (red, unsure)


@pytest.mark.parametrize(
    ("invariant", "bad"),
    [
        ("I1", replace(GOOD, shown=GOOD.shown[:2])),
        ("I1", replace(GOOD, shown=[*GOOD.shown, shown(30, 2, TWO, "stale")])),
        ("I1", replace(GOOD, shown=[shown(1, 0, NOTHING), shown(15, 2, TWO)])),
        ("I2", replace(GOOD, shown=[shown(1, 0, NOTHING), shown(2, 2, TWO), shown(3, 1, ONE), shown(4, 2, TWO)])),
        ("I3", replace(GOOD, shown=[shown(1, 0, NOTHING), shown(10.2, 1, TWO), shown(20.5, 2, TWO)])),
        ("I3", replace(GOOD, commits=[*GOOD.commits, Commit("bar", "e", 2, 21, digest(ONE))])),
        ("I4", replace(GOOD, stored=GOOD.stored[:1])),
        ("I4", replace(GOOD, writes=[Write("bar/1", True, request_id=7)])),
        ("I4", replace(GOOD, writes=[Write("bar/1", True, withdrawn=True, request_id=1)])),
        ("I5", replace(GOOD, shown=[*GOOD.shown, shown(21, 2, TWO, venues=frozenset({"pub"}))])),
        ("I5", replace(GOOD, shown=[*GOOD.shown, shown(21, 2, TWO, secrets=frozenset({"mine"}))])),
        ("I5", replace(GOOD, secret_of={"w": "mine"})),
        ("I6", replace(GOOD, leftovers=[Leftover("api", "descriptors", 90, 40)])),
        ("I7", replace(GOOD, refused=["POST: 409"])),
        ("I7", replace(GOOD, stored=[*GOOD.stored, Stored("bar/2", 3, "pending")])),
        ("hints", replace(GOOD, samples=[Sample("api", 0, 10, 0), Sample("api", 4, 40, 40), Sample("api", 8, 70, 80)])),
    ],
)
def test_each_breach_is_seen(invariant: str, bad: Journal) -> None:
    assert invariant in {broken.invariant for broken in judge(bad, staleness_max_s=1).broken}


def test_who_says_stale_or_comes_back_counts_from_when_it_is_live_again() -> None:
    honest = [shown(1, 0, NOTHING), shown(10.1, 0, NOTHING, "stale"), shown(29, 0, NOTHING), shown(29.3, 2, TWO)]
    assert judge(replace(GOOD, shown=honest)).staleness_s == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("seen", "healing_s"),
    [
        ([shown(1, 0, NOTHING), shown(14, 1, ONE), shown(30, 2, TWO)], 0),  # what came later is not waited for
        ([shown(1, 0, NOTHING), shown(18, 1, ONE), shown(30, 2, TWO)], 3),
        ([shown(1, 0, NOTHING), shown(10.2, 1, ONE, "stale"), shown(28, 2, TWO)], 13),
    ],
)
def test_healing_takes_until_the_last_one_shows_as_live_what_was_true_then(seen: list[Shown], healing_s: float) -> None:
    night = replace(GOOD, shown=[*GOOD.shown, *(one._replace(watcher="late") for one in seen)])
    verdict = judge(night, healing_max_s=10)
    assert verdict.healing_s == pytest.approx(healing_s)
    assert verdict.red == (healing_s > 10)


def test_a_singer_may_see_their_own_note_and_a_host_all() -> None:
    secret = frozenset({"mine"})
    own = replace(GOOD, shown=[*GOOD.shown, shown(21, 2, TWO, view="singer", secrets=secret)], secret_of={"w": "mine"})
    assert judge(replace(own, secret_of={"w": "another"})).red
    host = replace(GOOD, shown=[*GOOD.shown, shown(21, 2, TWO, view="host", secrets=secret)])
    assert not judge(own).red
    assert not judge(host).red
