"""What keeps PostgreSQL from answering, told as problems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from singr.core.errors import UpstreamUnavailable, ValidationFailed

NOT_LET_IN = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,
)
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a statement sent while the server's last words arrive
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    *NOT_LET_IN,
)

UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)

# In this order: no role to take, no right to look, no table.
NEVER_MIGRATED = (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError)


class reachable:  # noqa: N801 - a context manager, named as one
    """Turns a database that does not answer into a 503 that says when to try again, and a text it cannot store (NUL)
    into the caller's mistake. Around every statement, so not a generator, which costs as much as the check-out."""

    __slots__ = ()

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, exc: BaseException | None, _trace: object) -> None:
        if exc is None:
            return
        if isinstance(exc, UNSTORABLE):
            raise ValidationFailed("a text has characters that cannot be stored") from exc
        # asyncpg's DataError is a ValueError: an argument of ours, not the server
        if isinstance(exc, UNREACHABLE) and not isinstance(exc, ValueError):
            raise UpstreamUnavailable("the database does not answer", retry_after_s=2) from exc


@contextmanager
def explained() -> Iterator[None]:
    """As `reachable`, for an operator: with the server's reason where it does not let us in or was never migrated."""
    try:
        with reachable():
            yield
    except UpstreamUnavailable as exc:
        if isinstance(exc.__cause__, NOT_LET_IN):
            raise UpstreamUnavailable(f"the database refuses us: {exc.__cause__}") from exc
        raise
    except NEVER_MIGRATED as exc:
        raise UpstreamUnavailable("the database lacks our schema: run `singr migrate` first") from exc
