"""Admission as a truth table."""

from __future__ import annotations

from uuid import uuid4

import pytest

from singr.core.actor import SYSTEM, Actor, Context
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, Problem
from singr.core.permissions import ALL, READS, ROLES, Permission
from singr.http.guard import KEY, PUBLIC, SIGNED_IN, Rule, holds, refusal

READ = Permission.REQUESTS_READ
CUSTOMER, SINGER = Context("customer", uuid4()), Context("singer", uuid4())
GUEST = Actor(kind="guest", id="phone")
PERSON = Actor(kind="user", id="ann")
SINGING = Actor(kind="user", id="ann", context=SINGER, permissions=frozenset({READ}))
STAFF = Actor(kind="user", id="ann", context=CUSTOMER, permissions=frozenset({READ}))
OTHER = Actor(kind="user", id="ann", context=CUSTOMER, permissions=ALL - {READ})
OPENKJ = Actor(kind="key", id="1", context=CUSTOMER, permissions=frozenset({READ}))

TRUTH: list[tuple[Rule, Actor, type[Problem] | None]] = [
    (PUBLIC, GUEST, None),
    (PUBLIC, STAFF, None),
    (KEY, GUEST, None),
    (SIGNED_IN, GUEST, AuthenticationFailed),
    (SIGNED_IN, PERSON, None),
    (SIGNED_IN, SYSTEM, None),
    (holds(READ), GUEST, AuthenticationFailed),
    (holds(READ), PERSON, AuthorizationDenied),
    (holds(READ), SINGING, AuthorizationDenied),
    (holds(READ), OTHER, AuthorizationDenied),
    (holds(READ), STAFF, None),
    (holds(READ), OPENKJ, None),
]


@pytest.mark.parametrize(("rule", "actor", "expected"), TRUTH, ids=lambda x: str(x))
def test_who_may_pass(rule: Rule, actor: Actor, expected: type[Problem] | None) -> None:
    problem = refusal(actor, rule)
    assert (problem and type(problem)) is expected


def test_a_refusal_says_which_permission_is_missing() -> None:
    assert "requests:read" in str(refusal(OTHER, holds(READ)))


def test_roles_permit_what_the_design_says() -> None:
    granted = {role: permissions for role, (_, permissions) in ROLES.items()}
    assert granted["admin"] == granted["customer_owner"] == ALL
    assert granted["support_admin"] == READS
    assert ALL - granted["customer_manager"] == {Permission.BILLING_WRITE, Permission.API_KEYS_REVOKE}
    assert granted["customer_staff"] == READS | {Permission.REQUESTS_PROCESS}
    assert granted["singer"] == frozenset()
    assert len(ALL) == 18
