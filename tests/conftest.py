"""What every test can ask for: a migrated database of its own, an empty one, a Redis, and servers to be unkind to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from redis import Redis
from yarl import URL

from singr.telemetry.logs import JSONLines
from tests import clusters, databases, services
from tests.clusters import Cluster
from tests.services import Server

pytest_plugins = ("tests.heard", "tests.house", "tests.mailbox", "tests.openid.fixtures")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before xdist starts its workers: they inherit our environment. Failed tests show our log with its fields."""
    logged: Any = config.pluginmanager.get_plugin("logging-plugin")
    logged.report_handler.setFormatter(JSONLines())
    until = ExitStack()
    config.add_cleanup(until.close)
    if config.getoption("numprocesses", None) and not config.getoption("collectonly"):
        services.start_shared(until)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("\nIn CI a skipped test fails the run.")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The test server's URL; its user may create databases."""
    with ExitStack() as until:
        services.start_shared(until)
        url = services.given(services.DATABASE_NAMES)
        assert url
        yield url


@pytest.fixture(scope="session")
def template(postgres_url: str) -> str:
    return databases.make_template(postgres_url)


@pytest.fixture
def database_url(postgres_url: str, template: str) -> Iterator[str]:
    """A migrated database for this test alone."""
    with databases.copied(postgres_url, template) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(postgres_url: str, template: str) -> Iterator[str]:
    """A migrated database that the tests of one module share."""
    with databases.copied(postgres_url, template) as url:
        yield url


@pytest.fixture
def empty_database(postgres_url: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    with databases.copied(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def _redis_of_worker() -> Iterator[str]:
    shared = services.given(services.REDIS_NAMES)
    if shared:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        yield str(URL(shared).with_path(f"/{int(worker) % 16}"))
        return
    with services.private_redis() as server:
        yield server.url


@pytest.fixture
def redis_url(_redis_of_worker: str) -> str:
    """An empty Redis, no other test's meanwhile."""
    with Redis.from_url(_redis_of_worker, socket_timeout=5) as client:
        client.flushdb()
    return _redis_of_worker


@pytest.fixture
def redis_server() -> Iterator[Server]:
    """A Redis of this test's own, to stop, kill and pause."""
    with services.private_redis() as server:
        yield server


@pytest.fixture
def redis_cluster() -> Iterator[Cluster]:
    """A Redis Cluster of this test's own: three masters to pause and kill."""
    with clusters.cluster() as made:
        yield made


@pytest.fixture
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL of this test's own, with nothing in it, to stop, kill and pause."""
    with services.private_postgres() as server:
        yield server
