"""Passwords: argon2id in a few threads, so that a rush of sign-ins stops nobody else."""

from __future__ import annotations

import asyncio
import os
import sys
import threading

import pytest
from argon2 import PasswordHasher

from singr.core.errors import UpstreamUnavailable
from singr.identity import passwords


async def test_a_password_is_known_again_and_another_is_not() -> None:
    stored = await passwords.hashed("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify(stored, "correct horse")
    assert not await passwords.verify(stored, "correct house")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=1,t=1,p=1$AA$AA"])
async def test_without_a_usable_hash_no_password_is_right(stored: str | None) -> None:
    for password in ("", "x", "not a hash"):
        assert not await passwords.verify(stored, password)


async def test_any_characters_make_a_password() -> None:
    for password in ("пароль", "🎤" * 50, "\ud800"[:0] + "é\u0301", " "):
        assert await passwords.verify(await passwords.hashed(password), password)


def test_hashes_of_other_parameters_are_outdated() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("x"))
    assert not passwords.is_outdated(passwords._hasher.hash("x"))


class Held:
    """Hashing that goes on until it is let go, and counts how many do it at once. `busy` is set with every core."""

    def __init__(self) -> None:
        self.go, self.busy = threading.Event(), threading.Event()
        self.at_once = self.most = self.started = 0
        self._lock = threading.Lock()

    def work(self) -> None:
        with self._lock:
            self.started += 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            if self.at_once == passwords.CORES:
                self.busy.set()
        self.go.wait(30)
        with self._lock:
            self.at_once -= 1


async def test_only_as_many_are_hashed_at_once_as_there_are_cores() -> None:
    held = Held()
    rush = [asyncio.create_task(passwords._in_turn(held.work)) for _ in range(passwords.CORES * 3)]
    async with asyncio.timeout(15):
        await asyncio.to_thread(held.busy.wait, 15)
        held.go.set()
        await asyncio.gather(*rush)
    assert held.most == passwords.CORES
    assert held.started == len(rush)


async def test_who_waits_too_long_is_told_to_come_back_and_leaves_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held()
    busy = [asyncio.create_task(passwords._in_turn(held.work)) for _ in range(passwords.CORES)]
    async with asyncio.timeout(15):
        await asyncio.to_thread(held.busy.wait, 15)
        with monkeypatch.context() as patience:
            patience.setattr(passwords, "WAIT_S", 0.01)
            with pytest.raises(UpstreamUnavailable) as caught:
                await passwords.hashed("x")
        assert caught.value.retry_after_s
        held.go.set()
        await asyncio.gather(*busy)
        await passwords._in_turn(held.work)
    assert held.started == passwords.CORES + 1


async def test_a_crowd_is_sent_away_at_once_each_to_a_moment_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_turns", passwords.Turns())
    monkeypatch.setattr(passwords, "AHEAD_S", 0)
    held = Held()
    busy = [asyncio.create_task(passwords._in_turn(held.work))]
    waits_s = []
    async with asyncio.timeout(15):
        while not held.started:
            await asyncio.sleep(0.01)
        for _ in range(5):
            with pytest.raises(UpstreamUnavailable) as caught:
                await passwords.hashed("x")
            assert caught.value.retry_after_s
            waits_s.append(caught.value.retry_after_s)
        held.go.set()
        await asyncio.gather(*busy)
        assert await passwords.hashed("x")
    assert waits_s == sorted(waits_s)
    assert len(set(waits_s)) == 5
    assert held.started == 1


async def test_hashing_gives_way_to_everything_else() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, 0)

    gives_way = passwords.NICE if sys.platform == "linux" else 0  # elsewhere threads have no priority of their own
    assert await passwords._in_turn(priority) == min(priority() + gives_way, 19)
