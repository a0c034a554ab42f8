"""Which programs count: new enough, with PostGIS, wherever they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from singr.up import machine
from singr.up.machine import PostgresPrograms
from tests.up.programs import Programs


@pytest.fixture
def programs(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A machine on which there is nothing but what the test adds."""
    monkeypatch.setattr(machine, "POSTGRES_PLACES", ())
    monkeypatch.setattr(machine, "USUAL_PATH", str(programs.directory))
    monkeypatch.setenv("PATH", str(programs.directory))
    return programs


def add_postgres(programs: Programs, version: str, *, postgis: bool) -> None:
    share = programs.directory / "share"
    (share / "extension").mkdir(parents=True)
    if postgis:
        (share / "extension" / "postgis.control").touch()
    programs.add("postgres", f'echo "postgres (PostgreSQL) {version}"')
    programs.add("initdb")
    programs.add("pg_config", f'echo "{share}"')


@pytest.mark.parametrize(("version", "major"), [("15.13 (Debian 15.13-0+deb12u1)", 15), ("17rc1", 17), ("18devel", 18)])
def test_a_new_enough_postgres_with_postgis_is_found(programs: Programs, version: str, major: int) -> None:
    add_postgres(programs, version, postgis=True)
    assert machine.postgres_programs() == [PostgresPrograms(major, programs.directory)]


@pytest.mark.parametrize(("version", "postgis"), [("14.9", True), ("16.2", False)])
def test_an_old_one_and_one_without_postgis_do_not_count(programs: Programs, version: str, *, postgis: bool) -> None:
    add_postgres(programs, version, postgis=postgis)
    assert machine.postgres_programs() == []


def test_a_postgres_that_does_not_run_does_not_count(programs: Programs) -> None:
    add_postgres(programs, "16.2", postgis=True)
    programs.add("postgres", "exit 1")
    assert machine.postgres_programs() == []


@pytest.mark.parametrize(
    ("name", "version", "found"),
    [
        ("redis-server", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", True),
        ("redis-server", "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64", False),
        ("valkey-server", "Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", True),
    ],
)
def test_redis_counts_from_version_seven(programs: Programs, name: str, version: str, *, found: bool) -> None:
    path = programs.add(name, f'echo "{version}"')
    assert machine.redis_program() == (path if found else None)


def test_nothing_is_found_on_an_empty_machine(programs: Programs) -> None:
    assert machine.postgres_programs() == []
    assert machine.redis_program() is None
    assert machine.chromium_program() is None


def test_this_machine_has_what_these_tests_run_on() -> None:
    newest = machine.postgres_programs()[0]
    assert newest.major >= machine.POSTGRES_AT_LEAST
    assert Path(newest.bin / "initdb").exists()
