"""dex (dexidp.io), an OpenID Connect provider written in Go: the one on the PATH, else one we build and keep.

`dex/go.mod` and `dex/go.sum` say which one and of what; Go and a C compiler (dex links SQLite) build it in a few
minutes, once: it is kept under `~/.cache/singr`, named after what it is built of.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from singr.up import lock
from singr.up.child import Child
from singr.up.packages import Missing, say
from singr.up.ports import free_port
from tests.services import temporary_home

MODULE = Path(__file__).with_name("dex")
GO_AT = "/usr/local/go/bin"
BUILDS_AT_MOST_S = 1500
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


def program() -> Path:
    """The program; raises Missing with what to do about it."""
    for found in _places():
        if found.exists() and _is_dex(found):
            return found
    raise Missing("The tests of sign-in with other services need dex: `python -m tests.services` builds it with Go.")


def ensure() -> None:
    """Build it where there is none; raises Missing."""
    try:
        program()
    except Missing:
        _build(_kept())


def _places() -> Iterator[Path]:
    if here := shutil.which("dex"):
        yield Path(here)
    yield Path.home() / "go" / "bin" / "dex"
    yield _kept()


def _kept() -> Path:
    made_of = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "singr" / f"dex-{hashlib.sha256(made_of).hexdigest()[:12]}"


def _is_dex(path: Path) -> bool:
    """Other programs have this name, too."""
    told = subprocess.run([path, "version"], capture_output=True, text=True, timeout=10, check=False)
    return "Dex Version" in told.stdout


def _build(target: Path) -> None:
    go = shutil.which("go") or shutil.which("go", path=GO_AT)
    if go is None or not any(map(shutil.which, ("cc", "gcc", "clang"))):
        raise Missing("Please install Go and a C compiler (apt install golang gcc): the tests sign in at a real dex.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with lock.held(target.with_suffix(".lock"), wait_s=BUILDS_AT_MOST_S):
        if target.exists():
            return
        say("Building dex, an OpenID Connect provider for the tests; this happens once and takes some minutes …")
        new = target.with_suffix(".new")
        told = subprocess.run(
            [go, "build", "-o", new, "github.com/dexidp/dex/cmd/dex"],
            cwd=MODULE,
            env=os.environ | {"CGO_ENABLED": "1", "GOFLAGS": "-mod=readonly", "GOWORK": "off"},
            capture_output=True,
            text=True,
            timeout=BUILDS_AT_MOST_S,
            check=False,
        )
        if told.returncode:
            raise Missing(f"dex could not be built:\n{told.stderr[-2000:]}")
        new.rename(target)


@contextmanager
def running(issuer: str, callbacks: Sequence[str], people: Sequence[str]) -> Iterator[Dex]:
    """A dex that sends people back to `callbacks` and knows these people by their addresses."""
    with temporary_home() as home:
        port = free_port()
        configuration = home / "dex.json"
        configuration.write_text(json.dumps(_configuration(issuer, port, callbacks, people)))
        child = Child([program(), "serve", configuration], home / "dex.log", None, (signal.SIGTERM,), home)
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
