"""dex (dexidp.io), an OpenID Connect provider written in Go. `dex/go.mod` says which one; it needs a C compiler, for
SQLite."""

from __future__ import annotations

import json
import signal
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from singr.up.child import Child
from singr.up.ports import free_port
from tests import go
from tests.services import temporary_home

READY_S = 30
CLIENT, APPLES_CLIENT = "singr", "com.example.singr"
SECRET = "what dex and we share: +/ % ü"
PASSWORD = "password"
# bcrypt of the above, which dex wants.
HASH = "$2a$10$2b2cU8CPhOTaGrs1HRQuAueS7JTT5ZHsHSzYiFPm1leZck7Mc8T4W"


@dataclass(frozen=True)
class Dex:
    """`upstream` is where it listens; people get to know it as `issuer`."""

    issuer: str
    upstream: str


@contextmanager
def running(issuer: str, callbacks: Sequence[str], people: Sequence[str]) -> Iterator[Dex]:
    """A dex that sends people back to `callbacks` and knows these people by their addresses."""
    with temporary_home() as home:
        port = free_port()
        configuration = home / "dex.json"
        configuration.write_text(json.dumps(_configuration(issuer, port, callbacks, people)))
        child = Child([go.needed(go.DEX), "serve", configuration], home / "dex.log", None, (signal.SIGTERM,), home)
        child.spawn()
        try:
            upstream = f"http://127.0.0.1:{port}"
            child.wait_until(lambda: _answers(f"{upstream}/dex/healthz"), timeout_s=READY_S)
            yield Dex(issuer, upstream)
        finally:
            child.stop()


def _configuration(issuer: str, port: int, callbacks: Sequence[str], people: Sequence[str]) -> dict[str, object]:
    """As YAML wants it: JSON is YAML."""
    return {
        "issuer": issuer,
        "storage": {"type": "memory"},
        "web": {"http": f"127.0.0.1:{port}"},
        "enablePasswordDB": True,
        "staticClients": [
            {"id": client, "name": "Singr", "secret": SECRET, "redirectURIs": list(callbacks)}
            for client in (CLIENT, APPLES_CLIENT)
        ],
        "staticPasswords": [
            {"email": email, "hash": HASH, "username": email.partition("@")[0], "userID": f"id-of-{email}"}
            for email in people
        ],
    }


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False
