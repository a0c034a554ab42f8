"""Log lines: one JSON object each, and nothing in it that lets somebody in."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from singr.telemetry import logs
from singr.telemetry.logs import REDACTED, REQUEST_ID, redact, redact_field

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What the root logger writes."""
    root, page = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level)
    logs.start("debug", logging.StreamHandler(page))
    yield page
    root.handlers[:], root.level = before


def only(page: io.StringIO) -> dict[str, Any]:
    (line,) = page.getvalue().splitlines()
    return dict(json.loads(line))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Authorization: Bearer {JWT}", f"Authorization: Bearer {REDACTED}"),
        ("bearer abc.def", f"bearer {REDACTED}"),
        (f"token {JWT} is old", f"token {REDACTED} is old"),
        ("key skj_abc-DEF_1 used", f"key {REDACTED} used"),
        ("GET /api/requests/some-key/12", f"GET /api/requests/{REDACTED}/12"),
        ("/v1/public/requests/12.abc", f"/v1/public/requests/{REDACTED}"),
        ("/v1/live/requests/12.abc/events", f"/v1/live/requests/{REDACTED}/events"),
        ("/v1/live?ticket=abc&view=host", f"/v1/live?ticket={REDACTED}&view=host"),
        ("/x?a=1&access_token=abc", f"/x?a=1&access_token={REDACTED}"),
        ("postgresql://singr:hunter2@db:5432/singr", f"postgresql://singr:{REDACTED}@db:5432/singr"),
        ("redis://:hunter2@127.0.0.1:6379/0", f"redis://:{REDACTED}@127.0.0.1:6379/0"),
        ("postgresql://u:p@ss@db/x", f"postgresql://u:{REDACTED}@db/x"),
        ("http://127.0.0.1:8080/host", "http://127.0.0.1:8080/host"),
        ("http://[::1]:8080/v/bar", "http://[::1]:8080/v/bar"),
        ("/v1/customer/requests/12", "/v1/customer/requests/12"),
        ("/v1/public/requests/{tracking_token}", "/v1/public/requests/{tracking_token}"),
        ("the bearer", "the bearer"),
    ],
)
def test_texts_lose_their_secrets_and_nothing_else(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "name",
    ["password", "Password", "passwd", "old_password", "password_hash", "api_key", "apiKey", "X-Api-Key", "secret",
     "refreshToken", "authorization", "cookie", "private_key", "dsn", "token_hash", "code", "ticket"],
)  # fmt: skip
def test_a_field_that_sounds_secret_is_not_written(name: str) -> None:
    assert redact_field(name, "x") == REDACTED
    assert redact_field("outer", {"inner": [{name: {"deep": "x"}}]}) == {"inner": [{name: REDACTED}]}


@pytest.mark.parametrize("name", ["status", "route", "address", "user", "encode", "passed", "keys", "hash"])
def test_a_field_that_does_not_is(name: str) -> None:
    assert redact_field(name, "x") == "x"


def test_values_of_any_type_are_looked_into() -> None:
    class Odd:
        def __str__(self) -> str:
            return "odd skj_secret"

    assert redact_field("x", (1, 2.5, None, True, "skj_a", Odd())) == [1, 2.5, None, True, REDACTED, f"odd {REDACTED}"]
    assert redact_field("x", {1: b"skj_abc"}) == {"1": f"b'{REDACTED}'"}
    assert redact_field("x", {"skj_a"}) == [REDACTED]


def test_a_line_says_when_how_grave_who_and_what(said: io.StringIO) -> None:
    logging.getLogger("singr.x").warning("over %s", "there", extra={"status": 7, "deep": {"token": "t", "ok": "o"}})
    line = only(said)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "singr.x",
        "message": "over there",
        "status": 7,
        "deep": {"token": REDACTED, "ok": "o"},
    }


def test_lines_of_one_call_carry_its_id(said: io.StringIO) -> None:
    token = REQUEST_ID.set("call-1234")
    logging.getLogger("x").info("a")
    REQUEST_ID.reset(token)
    assert only(said)["requestId"] == "call-1234"


def test_secrets_in_messages_arguments_and_tracebacks_are_taken_out(said: io.StringIO) -> None:
    try:
        raise ValueError("cannot reach redis://:hunter2@h/0")
    except ValueError:
        logging.getLogger("x").exception("failed for %s", "skj_hunter2")
    line = only(said)
    assert "hunter2" not in json.dumps(line)
    assert "Traceback" in line["exception"]
    assert line["message"] == f"failed for {REDACTED}"


@pytest.mark.parametrize("odd", ["\ud800", 2**70, float("inf"), {"a": "\udfff"}, b"\xff"])
def test_nothing_keeps_a_line_from_being_written(
    odd: object, said: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("x").info("odd", extra={"odd": odd})
    assert only(said)["message"] == "odd"
    assert capsys.readouterr().err == ""


def test_only_what_is_grave_enough_is_written(said: io.StringIO) -> None:
    logs.start("warning", logging.StreamHandler(said))
    logging.getLogger("singr.calls").info("call")
    logging.getLogger("saq").info("chatter")
    logging.getLogger("singr").error("bad")
    assert only(said)["message"] == "bad"


def test_lines_go_to_stderr_unless_told_otherwise(said: io.StringIO) -> None:
    logs.start("info")
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stderr
