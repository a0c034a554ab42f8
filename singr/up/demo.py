"""The demo data of a night, and `demo.json`: where the night is and how to get in, for programs."""

from __future__ import annotations

from msgspec import Struct

from singr import seed
from singr.core.settings import Settings
from singr.infra.postgres import Database
from singr.seed import Demo

OPENKJ_PATH = "/v1/openkj/api/command"


class Login(Struct, frozen=True):
    email: str
    password: str


class Users(Struct, frozen=True):
    admin: Login
    host: Login
    singer: Login


class OpenKj(Struct, frozen=True, rename="camel"):
    """What OpenKJ's settings ask for; `system_id` is the system it syncs its songs to."""

    url: str
    api_key: str
    venue_id: int
    system_id: int


class Night(Struct, frozen=True, rename="camel"):
    """`base_url` has no trailing slash."""

    base_url: str
    openkj: OpenKj
    venue_url_name: str
    users: Users


def night_of(base_url: str, demo: Demo) -> Night:
    """The night that `demo` is, served at `base_url`."""
    admin, host, singer = (Login(login.email, login.password) for login in (demo.admin, demo.host, demo.singer))
    openkj = OpenKj(f"{base_url}{OPENKJ_PATH}", demo.api_key, demo.venue_number, demo.system_number)
    return Night(base_url, openkj, demo.venue_url_name, Users(admin, host, singer))


async def sow(settings: Settings, api_key: str) -> Demo:
    """Put baseline and demo data into the database, as often as one likes; OpenKJ gets in with `api_key`."""
    async with Database.open(settings.database_url, size=2) as db:
        await seed.seed_baseline(db)
        return await seed.seed_demo(db, api_key=api_key)
