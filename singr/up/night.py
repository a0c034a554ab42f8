"""`singr up`: a directory, servers, schema, demo data, then API and workers in this process, and what to print."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType

import asyncpg
import uvloop
from msgspec.structs import replace

from singr import schema
from singr.core.errors import UpstreamUnavailable
from singr.core.settings import BadSettings, Settings
from singr.telemetry import logs
from singr.up import announce, child, kept, lock, ports, servers
from singr.up.child import NotStarted
from singr.up.demo import sow
from singr.up.kept import Secrets
from singr.up.live import live
from singr.up.lock import Taken
from singr.up.packages import Missing, say
from singr.up.ports import PortTaken
from singr.up.servers import Servers

LOG_BYTES, LOG_COPIES = 10_000_000, 1
UNREACHABLE = (OSError, asyncpg.PostgresError, UpstreamUnavailable, schema.SchemaBusy)


def run(asked: Settings) -> None:
    """Run a night until Ctrl-C or SIGTERM; exits with 1 and one line when it cannot."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job comes with SIGINT ignored
        signal.signal(number, _interrupt)
    if "MAKELEVEL" in os.environ:  # `make run` killed: nobody would end us any more
        child.end_with_parent(signal.SIGTERM)
    try:
        _check(asked)
        with lock.own_directory(Path(asked.singr_dir).absolute()) as home:
            _run(asked, home)
    except KeyboardInterrupt:
        pass
    except (BadSettings, Missing, NotStarted, Taken, PortTaken) as exc:
        sys.exit(f"singr: {exc}")
    say("Good night.")


def _check(asked: Settings) -> None:
    if asked.singr_env == "production":
        raise BadSettings("SINGR_ENV: `singr up` makes demo data; in production run `singr migrate`, `singr serve`")
    if _given("PORT") and not ports.is_free(asked.host, asked.port):
        raise PortTaken(f"port {asked.port} is in use; choose another with PORT=…")


class PrivateLog(RotatingFileHandler):
    """Log files that only their owner reads."""

    def _open(self) -> TextIOWrapper:
        opened: TextIOWrapper = child.open_private(Path(self.baseFilename), "a", encoding="utf-8")
        return opened


def _run(asked: Settings, home: Path) -> None:
    root = Path(asked.singr_dir).absolute()
    if home != root:
        say(f"A night runs in {root} already; this one lives in {home}.")
    announce.withdraw(home)
    logs.start(asked.log_level, PrivateLog(home / "singr.log", "a", LOG_BYTES, LOG_COPIES))
    secrets = kept.read_or_make(home / "secrets.json")
    with servers.running(os.environ, home, secrets) as found:
        settings = _completed(asked, home, secrets, found)
        try:
            schema.upgrade(settings.database_url)
            demo = asyncio.run(sow(settings, secrets.openkj_api_key))
        except UNREACHABLE as exc:
            raise NotStarted(f"the database cannot be used: {exc or type(exc).__name__}") from exc
        uvloop.run(live(settings, demo, found, home, any_port=not _given("PORT")))


def _completed(asked: Settings, home: Path, secrets: Secrets, found: Servers) -> Settings:
    """The settings as asked, with our secrets where none were given."""
    return replace(
        asked,
        singr_dir=str(home),
        database_url=found.database_url,
        redis_url=found.redis_url,
        auth_secret=asked.auth_secret if _given("AUTH_SECRET") else secrets.auth_secret,
        jwt_private_keys=asked.jwt_private_keys or secrets.jwt_private_keys,
    )


def _given(name: str) -> bool:
    return bool(os.environ.get(name))


def _interrupt(number: int, _frame: FrameType | None) -> None:
    """The first signal ends us in order, a second one at once: our servers then end by themselves."""
    signal.signal(number, signal.SIG_DFL)
    raise KeyboardInterrupt
