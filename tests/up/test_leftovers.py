"""What a killed night can leave behind, and that the next start gets past it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from redis import Redis as Client

from singr.up import account, machine
from singr.up.child import NotStarted
from singr.up.postgres import Postgres
from singr.up.redis import Redis
from tests import services


@pytest.fixture
def home() -> Iterator[Path]:
    with services.temporary_home() as directory:
        yield directory


def postgres_in(home: Path) -> Postgres:
    whose = account.unprivileged()
    return Postgres(machine.postgres_programs(), home, services.PASSWORD, whose, services.FORGETFUL)


def redis_in(home: Path) -> Redis:
    program = machine.redis_program()
    assert program
    return Redis(program, home, services.PASSWORD, account.unprivileged())


@contextmanager
def closing_by_kill(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()


def test_a_postgres_that_outlived_its_night_is_stopped_first(home: Path) -> None:
    left = postgres_in(home)
    left.start()
    with postgres_in(home).running():
        assert left.child
        assert not left.child.running


def test_a_redis_that_outlived_its_night_is_stopped_first_and_its_data_is_kept(home: Path) -> None:
    left = redis_in(home)
    left.start()
    with closing(Client.from_url(left.url)) as client:
        client.set("key", "kept")
    with redis_in(home).running() as server, closing(Client.from_url(server.url)) as client:
        assert left.child
        assert not left.child.running
        assert client.get("key") == b"kept"


def test_a_stranger_that_got_the_dead_server_s_number_blocks_nothing(home: Path) -> None:
    with postgres_in(home).running() as server:
        data = server.data
    whose = account.unprivileged()
    switch: account.Switch = whose.switch() if whose else {}
    with subprocess.Popen(["sleep", "300"], **switch) as stranger, closing_by_kill(stranger):
        pid_file = data / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{data}\n0\n5432\n\n127.0.0.1\n\nready\n")
        if whose:
            whose.give(pid_file)
        with postgres_in(home).running():
            assert stranger.poll() is None


def test_half_made_data_is_made_anew(home: Path) -> None:
    first = postgres_in(home)
    half = first.data.with_name("fresh")
    half.mkdir()
    (half / "PG_VERSION").write_text("15")
    with first.running():
        assert not half.exists()


def test_data_of_another_major_version_is_named(home: Path) -> None:
    data = postgres_in(home).data
    data.mkdir()
    (data / "PG_VERSION").write_text("9")
    with pytest.raises(NotStarted, match="made by PostgreSQL 9"):
        postgres_in(home)
