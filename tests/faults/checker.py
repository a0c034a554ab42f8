"""Judges a night by its journal: the seven invariants of the live guarantee, and that hints work again.

I1 everybody ends up showing the truth, and what shows itself as live is never older than X
I2 versions never go back            I3 what is shown at a version is what the database held at it
I4 no acknowledged write is lost     I5 nothing of a foreign venue or view is shown, and one's own is
I6 processes hold no more than after an earlier crowd  I7 one effect for each idempotency key, and no refusal of it
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tests.faults.journal import CALM, Commit, Journal, Sample, Shown

CALM_S, LOADS_A_COMMIT, COMMITS_ENOUGH = 3.0, 0.15, 8
EXAMPLES = 3


class Broken(NamedTuple):
    """An invariant that did not hold, and where."""

    invariant: str
    what: str


class Verdict(NamedTuple):
    """`staleness_s` is the longest that something shown as live was older than the database, `oldest` who showed it.
    `healing_s` is how long after the fault the last one showed, as live, what was true at its end. `unsure`: one of
    them was too long, but by no more than we ourselves were late (`late_s`): the machine had too much to do.
    """

    broken: list[Broken]
    staleness_s: float
    oldest: str
    lost: int
    doubled: int
    reconnects: int
    healing_s: float = 0.0
    late_s: float = 0.0
    unsure: bool = False

    @property
    def red(self) -> bool:
        return bool(self.broken)

    def __str__(self) -> str:
        counted = Counter(broken.invariant for broken in self.broken)
        first = [next(b for b in self.broken if b.invariant == name) for name in counted]
        return "\n".join(f"{b.invariant} ({counted[b.invariant]} times): {b.what}" for b in first)


def judge(journal: Journal, *, staleness_max_s: float = float("inf"), healing_max_s: float = float("inf")) -> Verdict:
    """The verdict; `staleness_max_s` is X."""
    history, watchers = _history(journal.commits), _watchers(journal.shown)
    broken = [
        *_converged(watchers, history),
        *_never_back(watchers),
        *_true(journal.shown, journal.commits),
        *_strangers(journal),
        *(Broken("I6", f"{x.process}: {x.found:.0f} {x.what}, at most {x.at_most:.0f}") for x in journal.leftovers
          if x.found > x.at_most),
        *_hints_work(journal.samples),
    ]  # fmt: skip
    lost, doubled = list(_lost(journal)), list(_doubled(journal))
    staleness_s, who = max(((_staleness(seen, history), name) for name, seen in watchers.items()), default=(0.0, ""))
    healing_s, last = max(_healing(watchers, history, journal.healed_at), default=(0.0, ""))
    too_long = {
        f"{who} showed itself as live and was {staleness_s:.1f} s old": staleness_s - staleness_max_s,
        f"{last} showed the truth again only after {healing_s:.1f} s": healing_s - healing_max_s,
    }
    broken += [Broken("I1", what) for what, by_s in too_long.items() if by_s > journal.late_s]
    unsure = any(0 < by_s <= journal.late_s for by_s in too_long.values())
    told = (staleness_s, who, len(lost), len(doubled), journal.reconnects, healing_s, journal.late_s, unsure)
    return Verdict([*broken, *lost, *doubled], *told)


def _history(commits: list[Commit]) -> dict[str, list[Commit]]:
    """Each venue's commits in the order of their versions."""
    found: dict[str, list[Commit]] = defaultdict(list)
    for commit in sorted(commits, key=lambda c: (c.venue, c.version, c.at)):
        found[commit.venue].append(commit)
    return found


def _watchers(shown: list[Shown]) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = defaultdict(list)
    for seen in shown:
        found[seen.watcher].append(seen)
    return found


def _converged(watchers: dict[str, list[Shown]], history: dict[str, list[Commit]]) -> Iterator[Broken]:
    for name, seen in watchers.items():
        last, now = seen[-1], history[seen[-1].venue][-1]
        if last.status != CALM or (last.epoch, last.version, last.digest) != (now.epoch, now.version, now.digest):
            yield Broken("I1", f"{name} ended {last.status} at {last.version}, the database at {now.version}")


def _never_back(watchers: dict[str, list[Shown]]) -> Iterator[Broken]:
    for name, seen in watchers.items():
        for before, after in pairwise(seen):
            if before.epoch == after.epoch and after.version < before.version:
                yield Broken("I2", f"{name} went from {before.version} back to {after.version}")


def _true(shown: list[Shown], commits: list[Commit]) -> Iterator[Broken]:
    held: dict[tuple[str, str, int], str] = {}
    for commit in commits:
        was = held.setdefault((commit.venue, commit.epoch, commit.version), commit.digest)
        if was != commit.digest:
            yield Broken("I3", f"{commit.venue} changed without moving its version {commit.version}")
    for seen in shown:
        if seen.epoch and held.get((seen.venue, seen.epoch, seen.version)) != seen.digest:
            yield Broken("I3", f"{seen.watcher} at {seen.version} of {seen.venue}: not what the database held")


def _strangers(journal: Journal) -> Iterator[Broken]:
    for seen in journal.shown:
        if foreign := seen.venues - {seen.venue}:
            yield Broken("I5", f"{seen.watcher} of {seen.venue} was shown {sorted(foreign)[0]}")
        allowed = {journal.secret_of[seen.watcher]} if seen.watcher in journal.secret_of else set()
        if seen.view != "host" and (secrets := seen.secrets - allowed):
            yield Broken("I5", f"{seen.watcher} ({seen.view}) was shown the note {sorted(secrets)[0]}")
    for name, all_seen in _watchers(journal.shown).items():
        if journal.secret_of.get(name, "") not in {"", *all_seen[-1].secrets}:
            yield Broken("I5", f"{name} ended without their own note")


def _lost(journal: Journal) -> Iterator[Broken]:
    stored = {each.title: each for each in journal.stored}
    for write in journal.writes:
        found = stored.get(write.title)
        if write.acked and (found is None or found.request_id != write.request_id):
            yield Broken("I4", f"{write.title} was acknowledged and is not there")
        elif write.withdrawn and found and found.status != "withdrawn":
            yield Broken("I4", f"{write.title} was withdrawn and is {found.status}")


def _doubled(journal: Journal) -> Iterator[Broken]:
    yield from (Broken("I7", refusal) for refusal in journal.refused)
    for title, times in Counter(each.title for each in journal.stored).items():
        if times > 1:
            yield Broken("I7", f"{title} is there {times} times")


def _staleness(seen: list[Shown], history: dict[str, list[Commit]]) -> float:
    """The longest stretch of `live` during which something newer was committed than was shown."""
    commits = history[seen[0].venue]
    committed_at = {commit.version: commit.at for commit in reversed(commits)}
    worst, live_since = 0.0, None
    for now, then in pairwise(seen):
        if now.status != CALM:
            live_since = None
            continue
        live_since = now.at if live_since is None else live_since
        newer_at = committed_at.get(now.version + 1)
        if newer_at is not None:
            worst = max(worst, then.at - max(newer_at, live_since))
    return worst


def _healing(
    watchers: dict[str, list[Shown]], history: dict[str, list[Commit]], healed_at: float
) -> Iterator[tuple[float, str]]:
    """For each watcher how long after the fault it showed, as live, what its venue had come to by then."""
    for name, seen in watchers.items():
        true = [commit for commit in history[seen[0].venue] if commit.at <= healed_at]
        if not true:
            continue
        for now, then in pairwise([*seen, seen[-1]._replace(at=float("inf"))]):
            is_true = now.status == CALM and now.epoch == true[-1].epoch and now.version >= true[-1].version
            if then.at > healed_at and is_true:
                yield max(0.0, now.at - healed_at), name
                break


def _hints_work(samples: list[Sample]) -> Iterator[Broken]:
    """In each process there was a while in which rooms did not have to be read again for every change."""
    by_process: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_process[sample.process].append(sample)
    for process, taken in by_process.items():
        if not is_calm(taken):
            yield Broken("hints", f"{process} goes on reading rooms: it hears no hints")


def is_calm(taken: list[Sample]) -> bool:
    """Whether there were a few seconds with many commits and few reads."""
    for first in taken:
        for last in taken:
            commits = last.commits - first.commits
            if last.at - first.at >= CALM_S and commits >= COMMITS_ENOUGH:
                if last.loads - first.loads <= LOADS_A_COMMIT * commits:
                    return True
                break
    return False
