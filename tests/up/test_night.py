"""`singr up` for real: it starts, answers, keeps its data, shares a directory, and survives what is done to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.up.nights import Night, servers_of, wait_until

Begin = Callable[..., Night]


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that an unprivileged account can enter."""
    with services.temporary_home() as directory:
        yield directory / "night"


@pytest.fixture
def begin(home: Path, tmp_path: Path) -> Iterator[Begin]:
    """Begins a night in `home`; all are ended with the test."""
    nights: list[Night] = []

    def start(**environ: str) -> Night:
        nights.append(Night(home, tmp_path / f"output-{len(nights)}", **environ))
        return nights[-1]

    yield start
    for night in reversed(nights):
        night.clear()


def call(method: str, url: str, body: object = None, **headers: str) -> Any:
    """The decoded answer; raises HTTPError when it is none of the good ones."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def requests_of(demo: dict[str, Any]) -> list[str]:
    """The titles the host sees."""
    base = f"{demo['baseUrl']}/v1"
    token = call("POST", f"{base}/auth/signin", demo["users"]["host"])["accessToken"]
    signed_in = {"Authorization": f"Bearer {token}"}
    venue = call("GET", f"{base}/customer/venues", **signed_in)["items"][0]["id"]
    seen = call("GET", f"{base}/customer/requests?venueId={venue}", **signed_in)
    return [request["title"] for request in seen["items"]]


def ask(demo: dict[str, Any], title: str) -> None:
    song = {"singerName": "Ann", "artist": "Queen", "title": title}
    call("POST", f"{demo['baseUrl']}/v1/public/venues/{demo['venueUrlName']}/requests", song)


def test_a_night_answers_ends_cleanly_and_a_second_start_finds_its_data(begin: Begin, home: Path) -> None:
    night = begin()
    demo = night.demo(home)
    assert call("GET", f"{demo['baseUrl']}/readyz")["status"] == "ok"
    assert demo["openkj"]["url"] == f"{demo['baseUrl']}/v1/openkj/api/command"
    assert demo["openkj"]["apiKey"] in night.said
    ask(demo, "Innuendo")
    assert night.stop(signal.SIGINT) == 0
    assert servers_of(home) == []

    again = begin()
    found = again.demo(home)
    assert found["openkj"] == {**demo["openkj"], "url": found["openkj"]["url"]}
    assert requests_of(found) == ["Innuendo"]
    assert again.stop(signal.SIGTERM) == 0


def test_no_secret_or_log_is_readable_by_others(begin: Begin, home: Path) -> None:
    begin().demo(home)
    kept = {path.name: path.stat().st_mode & 0o777 for path in home.iterdir() if path.is_file()}
    assert {"demo.json", "secrets.json", "singr.log", "postgres.log", "redis.log"} <= set(kept)
    assert set(kept.values()) == {0o600}


@pytest.mark.parametrize("victims", ["the night", "the servers and the night", "the servers"])
def test_kill_leaves_nothing_that_blocks_the_next_start(begin: Begin, home: Path, victims: str) -> None:
    night = begin()
    ask(night.demo(home), "Innuendo")
    servers = servers_of(home) if "servers" in victims else []
    for victim in [*servers, *([night.process.pid] if "night" in victims else [])]:
        os.kill(victim, signal.SIGKILL)
    if "night" not in victims:
        night.stop(signal.SIGKILL)

    again = begin()
    assert requests_of(again.demo(home)) == ["Innuendo"]
    assert "lives in" not in again.said  # the lock went with its process: the same directory


def test_two_nights_live_beside_each_other(begin: Begin, home: Path) -> None:
    first = begin().demo(home)
    other = begin()
    second = other.demo(home / "2")
    assert f"lives in {home / '2'}" in other.said
    assert first["baseUrl"] != second["baseUrl"]
    ask(first, "Innuendo")
    assert (requests_of(first), requests_of(second)) == (["Innuendo"], [])


def test_a_server_that_crashes_is_started_again(begin: Begin, home: Path) -> None:
    night = begin()
    demo = night.demo(home)
    before = set(servers_of(home))
    for server in before:
        os.kill(server, signal.SIGKILL)
    wait_until(lambda: night.said.count("is started again") == 2, night)
    wait_until(lambda: _is_ready(demo["baseUrl"]), night)
    assert not before & set(servers_of(home))


def _is_ready(base_url: str) -> bool:
    try:
        return bool(call("GET", f"{base_url}/readyz")["status"] == "ok")
    except OSError:
        return False


def test_an_asked_port_in_use_is_named_in_one_line(begin: Begin) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104
        taken.listen()
        port = taken.getsockname()[1]
        night = begin(PORT=str(port))
        assert night.process.wait(60) == 1
    assert night.said == f"singr: port {port} is in use; choose another with PORT=…\n"


def test_given_servers_are_used_and_none_is_started(
    begin: Begin, home: Path, empty_database: str, redis_url: str
) -> None:
    begin(DATABASE_URL=empty_database, REDIS_URL=redis_url).demo(home)
    assert servers_of(home) == []
    assert not (home / "postgres").exists()


def test_a_database_that_does_not_answer_is_named_in_one_line(begin: Begin, redis_url: str) -> None:
    night = begin(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", REDIS_URL=redis_url)
    assert night.process.wait(60) == 1
    assert night.said.startswith("singr: the database cannot be used: ")
    assert night.said.count("\n") == 1


def test_production_is_refused(begin: Begin) -> None:
    keys = {"AUTH_SECRET": "x" * 40, "JWT_PRIVATE_KEYS": "none", "PUBLIC_URL": "https://example.com"}
    night = begin(SINGR_ENV="production", **keys)
    assert night.process.wait(60) == 1
    assert "in production run" in night.said
