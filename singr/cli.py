"""`singr`: everything an operator does from a shell."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable

import uvloop
from msgspec.structs import replace

from singr import __version__
from singr.core import ids
from singr.core.errors import Problem, UpstreamUnavailable
from singr.core.settings import BadSettings, Settings, read
from singr.telemetry import logs, sentry

Command = Callable[[Settings, argparse.Namespace], None]

API_KEY_PREFIX = "skj_"


def main() -> None:
    """Run one command; a mistake in the settings or an absent neighbour ends it with one line on stderr."""
    arguments = _parser().parse_args()
    try:
        settings = read()
        logs.start(settings.log_level)
        sentry.start(settings)
        run: Command = arguments.run
        run(settings, arguments)
    except (BadSettings, Problem) as exc:
        sys.exit(f"singr: {exc}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="singr", description="The realtime backbone of karaoke nights.")
    parser.add_argument("--version", action="version", version=f"singr {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, text in (
        ("up", up, "everything on this machine, with demo data and private PostgreSQL and Redis where none is given"),
        ("serve", serve, "the API, and the workers unless RUN_WORKERS=false"),
        ("worker", work, "the workers alone"),
        ("migrate", migrate, "bring the database's schema to the newest revision"),
        ("seed", seed, "write the data every installation needs"),
        ("routes", routes, "print the route page"),
        ("openapi", openapi, "print the OpenAPI document"),
        ("asyncapi", asyncapi, "print the AsyncAPI document of the live messages"),
        ("songs", songs, "`songs import FILE` and `songs export`: a system's song book as a file"),
        ("keys", keys, "`keys rotate` prints the next value of JWT_PRIVATE_KEYS"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        if run is keys:
            command.add_argument("what", choices=["rotate"])
        if run is songs:
            _describe_songs(command)
        if run is seed:
            command.add_argument("--demo", action="store_true", help="also a demo tenant; prints its OpenKJ key")
    return parser


def _describe_songs(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", choices=["import", "export"])
    command.add_argument("file", nargs="?", help="the file to import (CSV, JSON, text, an OpenKJ database)")
    command.add_argument("--system", type=int, default=1, help="OpenKJ's number of the system (1)")
    command.add_argument("--owner", help="e-mail of the organization's owner, where there are several organizations")
    command.add_argument("--mode", choices=["merge", "replace"], default="merge")
    command.add_argument("--on-error", choices=["fail", "skip"], default="fail", help="what a bad line does")
    command.add_argument("--dry-run", action="store_true", help="only count")
    command.add_argument("--format", default="", help="of the file; an export is csv (default) or json")
    command.add_argument("--encoding", default="auto", help="instead of what it looks like")


def up(settings: Settings, _arguments: argparse.Namespace) -> None:
    from singr.up.night import run

    run(settings)


def serve(settings: Settings, _arguments: argparse.Namespace) -> None:
    from singr.serve import serve as run

    uvloop.run(run(settings))


def work(settings: Settings, arguments: argparse.Namespace) -> None:
    serve(replace(settings, run_api=False, run_workers=True), arguments)


def migrate(settings: Settings, _arguments: argparse.Namespace) -> None:
    from singr import schema
    from singr.infra.silence import explained

    try:
        with explained():
            schema.upgrade(settings.database_url)
    except schema.SchemaBusy as exc:
        raise UpstreamUnavailable(str(exc)) from exc


def seed(settings: Settings, arguments: argparse.Namespace) -> None:
    from singr.infra.postgres import Database
    from singr.infra.silence import explained
    from singr.seed import seed_baseline, seed_demo

    if arguments.demo and settings.singr_env == "production":
        raise BadSettings("SINGR_ENV: demo data has well-known passwords and is refused in production")

    async def run() -> None:
        async with Database.open(settings.database_url, size=2) as db:
            with explained():
                await seed_baseline(db)
            if arguments.demo:
                demo = await seed_demo(db, api_key=API_KEY_PREFIX + ids.token())
                print(f"OpenKJ API key: {demo.api_key}")  # noqa: T201

    asyncio.run(run())


def routes(_settings: Settings, _arguments: argparse.Namespace) -> None:
    from singr.table import page

    print(page(), end="")  # noqa: T201


def openapi(_settings: Settings, _arguments: argparse.Namespace) -> None:
    from singr.http.openapi import text
    from singr.table import ROUTES

    print(text(ROUTES).decode())  # noqa: T201


def asyncapi(_settings: Settings, _arguments: argparse.Namespace) -> None:
    from singr.realtime.asyncapi import text

    print(text().decode(), end="")  # noqa: T201


def keys(settings: Settings, _arguments: argparse.Namespace) -> None:
    from singr.identity.rotation import rotated

    print(rotated(settings), end="")  # noqa: T201
    logging.getLogger("singr.security").warning("signing keys rotated: restart every process with the new value")


def songs(settings: Settings, arguments: argparse.Namespace) -> None:
    from singr.app import open_kit
    from singr.imports import shell

    async def run() -> bool:
        async with open_kit(settings) as kit:
            if arguments.what == "import":
                return await shell.import_file(kit, arguments)
            async for piece in shell.take(kit, arguments.owner, arguments.system, arguments.format or "csv"):
                sys.stdout.buffer.write(piece)
            return True

    if not asyncio.run(run()):
        sys.exit(1)
