"""PostgreSQL and Redis for the tests: those given, else containers where Docker answers, else private ones.

Given means `TEST_DATABASE_URL` and `TEST_REDIS_URL` (or `DATABASE_URL`, `REDIS_URL`). The process that runs pytest
starts PostgreSQL once and tells its workers by the environment. `python -m tests.services` installs what is missing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from singr.up import account, docker, lock, machine, provision
from singr.up.packages import Missing
from singr.up.postgres import Postgres
from singr.up.redis import Redis
from tests import go

DATABASE_NAMES = ("TEST_DATABASE_URL", "DATABASE_URL")
REDIS_NAMES = ("TEST_REDIS_URL", "REDIS_URL")
PASSWORD = "tests-only"
FORGETFUL = {  # outlives a kill of the server, not a power failure
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "autovacuum": "off",
}


class Server:
    """A private server that a test may stop, start, kill, pause and resume; its port stays the same."""

    def __init__(self, server: Postgres | Redis) -> None:
        self._server = server

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        """As a power failure would: with PostgreSQL's processes for its connections, which might answer once more."""
        process = self._server.child.process if self._server.child else None
        for pid in [process.pid, *_children(process.pid)] if process else []:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if process:
            process.wait(10)

    def pause(self) -> None:
        """It stays connected and says nothing: a network that swallows everything."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        child = self._server.child
        if child and child.running and child.process:
            child.process.send_signal(number)


def given(names: tuple[str, ...]) -> str | None:
    """The first of these environment variables that is set."""
    return next((value for name in names if (value := os.environ.get(name))), None)


def start_shared(until: ExitStack) -> None:
    """Start what all workers share and put its URLs into the environment; `until` stops it. Raises Missing."""
    if given(DATABASE_NAMES) is not None:
        return
    if docker.answering():
        from tests import containers  # an engine is rare, and asking testcontainers takes half a second

        _tell(until, DATABASE_NAMES, until.enter_context(containers.postgres()))
        if given(REDIS_NAMES) is None:
            _tell(until, REDIS_NAMES, until.enter_context(containers.redis()))
    else:
        _tell(until, DATABASE_NAMES, until.enter_context(private_postgres()).url)


def _tell(until: ExitStack, names: tuple[str, ...], url: str) -> None:
    os.environ[names[0]] = url
    until.callback(os.environ.pop, names[0], None)


@contextmanager
def private_postgres() -> Iterator[Server]:
    """A PostgreSQL of its own in a temporary directory; forgets everything, so it need not write anything safely."""
    provision.ensure(postgres=True)
    with temporary_home() as home:
        server = Postgres(machine.postgres_programs(), home, PASSWORD, account.unprivileged(), FORGETFUL)
        with server.running():
            yield from resumed(Server(server))


@contextmanager
def private_redis() -> Iterator[Server]:
    """A Redis of its own in a temporary directory, keeping its data over a stop and start."""
    provision.ensure(redis=True)
    program = machine.redis_program()
    if program is None:
        raise Missing(provision.REDIS)
    with temporary_home() as home:
        server = Redis(program, home, PASSWORD, account.unprivileged(), {"appendfsync": "no"})
        with server.running():
            yield from resumed(Server(server))


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A directory that goes with us, locked meanwhile; those of killed runs go now."""
    base = Path(tempfile.gettempdir())
    for left in base.glob("singr-tests-*[!k]"):
        _sweep(left)
    home = base / f"singr-tests-{secrets.token_hex(6)}"
    with lock.held(_lock_of(home)):
        home.mkdir(mode=0o711)
        try:
            yield home
        finally:
            shutil.rmtree(home, ignore_errors=True)
            _lock_of(home).unlink(missing_ok=True)


def template_name() -> str:
    """Named after what goes into it, so that a database server given to us never holds a stale one."""
    root, seen = Path(__file__).parents[1], hashlib.sha256()
    for folder in ("migrations", "sql", "singr/seed"):
        for path in sorted(each for each in (root / folder).rglob("*") if each.suffix in {".py", ".sql", ".txt"}):
            seen.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return f"singr_template_{seen.hexdigest()[:12]}"


def fresh_name() -> str:
    return f"singr_test_{secrets.token_hex(6)}"


def _children(pid: int) -> list[int]:
    """Of Linux; elsewhere they end by themselves a moment later."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _parent(entry) == pid]


def _parent(entry: Path) -> int | None:
    """The fourth field of stat, behind the name in brackets (proc_pid_stat(5))."""
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def resumed(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.resume()


def _sweep(left: Path) -> None:
    try:
        with lock.held(_lock_of(left)):
            shutil.rmtree(left, ignore_errors=True)
            _lock_of(left).unlink(missing_ok=True)
    except (lock.Taken, OSError):  # in use, or somebody else's
        return


def _lock_of(home: Path) -> Path:
    """Beside it, and held before the directory is made: nobody can take a new one for one left over."""
    return home.with_name(f"{home.name}.lock")


def main() -> int:
    """Install what the tests need; the exit code. What a few tests alone need may lack, but not where CI decides."""
    lacking = 0
    for tool in go.ALL:
        try:
            go.program(tool)
        except Missing as exc:
            sys.stderr.write(f"{exc} Without it some tests are skipped.\n")
            lacking = 1 if os.environ.get("CI") else 0
    try:
        provision.ensure(postgres=True, redis=True, chromium=True, pgbouncer=True, nginx=True)
    except Missing as exc:
        sys.stderr.write(f"{exc}\n")
        if not (given(DATABASE_NAMES) or docker.answering()):
            return 1
    return lacking


if __name__ == "__main__":
    sys.exit(main())
