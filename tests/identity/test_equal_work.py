"""Refusing costs the same whoever is asked for: one whole look at a hash of today's parameters."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from singr.identity import passwords
from singr.seed.baseline import ADMIN_EMAIL
from tests.house import House
from tests.identity.visits import sign_in


class Counting:
    """The house's hasher; `looks` are the costs of the hashes that it worked through to the end, and found others."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self.looks: list[tuple[int, int, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hasher, name)

    def verify(self, stored: str, password: str) -> bool:
        try:
            return bool(self._hasher.verify(stored, password))
        except VerifyMismatchError:
            costs = extract_parameters(stored)
            self.looks.append((costs.memory_cost, costs.time_cost, costs.parallelism))
            raise


@pytest.mark.parametrize("email", ["customer@example.com", ADMIN_EMAIL, "nobody@example.com"])
async def test_a_refusal_is_one_whole_look_at_a_hash(email: str, home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await home.value("UPDATE users SET password_hash = NULL WHERE email = $1 RETURNING 1", ADMIN_EMAIL)
    counting = Counting(passwords._hasher)
    with monkeypatch.context() as watched:
        watched.setattr(passwords, "_hasher", counting)
        assert (await sign_in(home, email, "wrong"))[0] == 401
    assert counting.looks == [(19456, 2, 1)]
