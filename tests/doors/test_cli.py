"""`singr` as an operator runs it: a program, its output, its exit code."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from yarl import URL

from singr import __version__

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/laws/routes.txt"
WITHIN_S = 60


def environment(**settings: str) -> dict[str, str]:
    """Nothing of ours but what a test says."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return {**kept, "LOG_LEVEL": "warning", **settings}


def singr(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "singr", *arguments],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        cwd=ROOT,
        env=environment(**settings),
    )


def ask(url: str, sql: str) -> Any:
    async def once() -> Any:
        link = await asyncpg.connect(url, timeout=10)
        try:
            return await link.fetchval(sql)
        finally:
            await link.close(timeout=10)

    return asyncio.run(once())


def test_the_route_page_is_the_golden_one() -> None:
    said = singr("routes")
    assert (said.returncode, said.stdout) == (0, GOLDEN.read_text("utf-8"))


def test_the_openapi_document_is_json() -> None:
    said = singr("openapi")
    assert said.returncode == 0
    assert json.loads(said.stdout)["info"]["version"] == __version__


def test_it_says_its_version_and_its_commands() -> None:
    assert singr("--version").stdout == f"singr {__version__}\n"
    page = singr("--help").stdout
    assert all(command in page for command in ("up", "serve", "worker", "migrate", "seed", "routes", "openapi"))


@pytest.mark.parametrize(
    ("command", "settings", "told"),
    [
        ("routes", {"PORT": "eighty"}, "PORT: "),
        ("routes", {"SINGR_PORT": "1"}, "unknown setting SINGR_PORT"),
        ("serve", {"SINGR_ENV": "production"}, "AUTH_SECRET: "),
        ("serve", {"DATABASE_URL": "postgresql://x:hunter2@127.0.0.1:1/x"}, "the database does not answer"),
        ("seed", {"DATABASE_URL": "postgresql://x:hunter2@127.0.0.1:1/x"}, "the database does not answer"),
        ("migrate", {"DATABASE_URL": "postgresql://x:hunter2@127.0.0.1:1/x"}, "the database does not answer"),
    ],
)
def test_a_mistake_is_told_in_one_line(command: str, settings: dict[str, str], told: str) -> None:
    said = singr(command, **settings)
    assert said.returncode == 1
    assert said.stderr.startswith(f"singr: {told}")
    assert len(said.stderr.splitlines()) == 1
    assert "hunter2" not in said.stderr


def test_an_empty_database_becomes_a_night_in_two_commands(empty_database: str) -> None:
    at = {"DATABASE_URL": empty_database}
    for _ in range(2):
        assert singr("migrate", **at).returncode == 0
    assert singr("seed", **at).returncode == 0
    lines = ask(empty_database, "SELECT count(*) FROM audit_logs")
    again = singr("seed", **at)
    assert (again.returncode, again.stdout) == (0, "")
    assert ask(empty_database, "SELECT count(*) FROM audit_logs") == lines, "nothing changes the second time"
    demo = singr("seed", "--demo", **at)
    assert demo.returncode == 0
    assert demo.stdout.startswith("OpenKJ API key: skj_")
    assert ask(empty_database, "SELECT count(*) FROM venues") == 1
    assert ask(empty_database, "SELECT count(*) FROM songdb") > 10


def test_demo_data_is_refused_in_production(database_url: str) -> None:
    from singr.identity.keys import generate

    production = {
        "SINGR_ENV": "production",
        "DATABASE_URL": database_url,
        "AUTH_SECRET": "x" * 32,
        "JWT_PRIVATE_KEYS": generate(),
        "PUBLIC_URL": "https://singr.example",
    }
    assert singr("seed", "--demo", **production).stderr.startswith("singr: SINGR_ENV: demo data")
    assert ask(database_url, "SELECT count(*) FROM users") == 0
    assert singr("seed", **production).returncode == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The program, until it has said that it is ready; ended by force at the end if it is still there."""
    program = subprocess.Popen(
        [sys.executable, "-m", "singr", command],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(**settings) | {"LOG_LEVEL": "info"},
    )
    try:
        assert program.stderr
        said = []
        for line in program.stderr:
            said.append(line)
            if '"message":"ready"' in line:
                break
        else:
            pytest.fail("".join(said))
        yield program
    finally:
        program.kill()
        program.communicate(timeout=WITHIN_S)


def get(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=WITHIN_S) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as exc:
        return exc.code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(number: signal.Signals, database_url: str, redis_url: str) -> None:
    port = free_port()
    at = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "HOST": "127.0.0.1", "PORT": str(port)}
    with running("serve", **at) as program:
        assert get(f"http://127.0.0.1:{port}/readyz") == 200
        second = singr("serve", **at)
        assert second.returncode == 1
        assert second.stderr.splitlines()[-1].startswith("singr: HOST, PORT: ")
        program.send_signal(number)
        assert program.wait(WITHIN_S) == 0


def test_a_worker_alone_answers_no_calls(database_url: str, redis_url: str) -> None:
    port = free_port()
    at = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "HOST": "127.0.0.1", "PORT": str(port)}
    with running("worker", **at) as program:
        with pytest.raises(urllib.error.URLError):
            get(f"http://127.0.0.1:{port}/healthz")
        program.terminate()
        assert program.wait(WITHIN_S) == 0


def test_a_database_nobody_migrated_is_told_before_serving(empty_database: str, redis_url: str) -> None:
    url = str(URL(empty_database))
    said = singr("seed", DATABASE_URL=url, REDIS_URL=redis_url)
    assert said.returncode == 1
    assert said.stderr.startswith("singr: ")
    assert "singr migrate" in said.stderr
    assert len(said.stderr.splitlines()) == 1
