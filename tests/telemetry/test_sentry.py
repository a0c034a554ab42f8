"""Sentry hears what happened and where, and nobody's data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from singr import __version__
from singr.core.settings import Settings
from singr.telemetry import sentry

DSN = "https://public@sentry.example/1"


class Kept(Transport):
    """Takes what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        if event := envelope.get_event():
            self.events.append(dict(event))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    kept, init = Kept(), sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda *given, **named: init(*given, **named, transport=kept))
    yield kept
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def fail(password: str) -> None:
    raise RuntimeError(f"cannot sign in at postgresql://singr:{password}@db/singr")


def test_without_a_dsn_nothing_is_told(kept: Kept) -> None:
    sentry.start(Settings())
    sentry_sdk.capture_message("x")
    assert kept.events == []


def test_a_failure_is_told_with_its_release_and_place_and_without_secrets(kept: Kept) -> None:
    sentry.start(Settings(sentry_dsn=DSN, singr_env="test"))
    secret = uuid4().hex
    address = f"{uuid4().hex}@example.com"
    sentry_sdk.set_user({"id": "1", "email": address})
    sentry_sdk.add_breadcrumb(message=f"asked /api/requests/{secret}", data={"token": secret})
    try:
        fail(secret)
    except RuntimeError as exc:
        sentry_sdk.capture_exception(exc)
    (event,) = kept.events
    assert (event["release"], event["environment"]) == (f"singr@{__version__}", "test")
    (failure,) = event["exception"]["values"]
    assert failure["type"] == "RuntimeError"
    assert [frame["function"] for frame in failure["stacktrace"]["frames"]][-1] == "fail"
    said = json.dumps(event, default=str)
    assert secret not in said
    assert address not in said


def test_of_a_call_only_its_place_is_told() -> None:
    event: dict[str, Any] = {
        "message": "skj_hunter2",
        "user": {"email": "ann@example.com"},
        "server_name": "the-laptop-of-ann",
        "request": {
            "url": "http://x/api/requests/hunter2",
            "method": "POST",
            "headers": {"X-Anything": "hunter2"},
            "cookies": "hunter2",
            "data": {"singerName": "Ann"},
            "query_string": "ticket=hunter2",
            "env": {"REMOTE_ADDR": "198.51.100.7"},
        },
        "extra": {"deep": [{"api_key": "hunter2", "route": "/x"}]},
    }
    assert sentry.scrub(cast(Any, event), {}) == {
        "message": "[redacted]",
        "request": {"url": "http://x/api/requests/[redacted]", "method": "POST"},
        "extra": {"deep": [{"api_key": "[redacted]", "route": "/x"}]},
    }
    assert event["user"], "the caller's own event is left as it is"
