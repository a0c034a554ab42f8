"""A night to try everything with: an administrator, a host with a venue and a songbook, a singer, an OpenKJ key."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from msgspec import Struct

from singr.core.actor import SYSTEM
from singr.core.secrets import digest
from singr.identity import passwords
from singr.infra.postgres import Database, Transaction
from singr.infra.sql import none, value
from singr.seed.baseline import ADMIN_EMAIL, USER, USER_ROLE
from singr.songs import generations, typos
from singr.songs.spelling import spell_all

CUSTOMER = value("seed_customer", UUID)
SINGER = none("seed_singer")
SYSTEM_ROW = none("seed_system")
VENUE = none("seed_venue")
API_KEY = none("seed_api_key")

SONG_FILE = Path(__file__).with_name("songs.txt")
PREFIX_LENGTH = 8


class Login(Struct, frozen=True):
    email: str
    password: str


class Demo(Struct, frozen=True):
    """What one needs to use the demo."""

    api_key: str
    venue_number: int = 1001
    system_number: int = 1
    venue_url_name: str = "test-karaoke-bar"
    admin: Login = Login(ADMIN_EMAIL, "Admin123!")
    host: Login = Login("customer@example.com", "Customer123!")
    singer: Login = Login("singer@example.com", "Singer123!")


async def seed_demo(db: Database, *, api_key: str) -> Demo:
    """Write the demo; running it again changes nothing. Its passwords are well known: never for production."""
    demo = Demo(api_key)
    logins = (demo.admin, demo.host, demo.singer)
    hashes = [await passwords.hashed(login.password) for login in logins]
    async with db.transaction(SYSTEM) as tx:
        names = ("Admin User", "Test Customer", "Test Singer")
        admin, host, singer = [
            await USER(tx, email=login.email, name=name, password_hash=hashed)
            for login, name, hashed in zip(logins, names, hashes, strict=True)
        ]
        for user, role in ((admin, "admin"), (host, "customer_owner"), (singer, "singer")):
            await USER_ROLE(tx, user_id=user, role=role)
        await SINGER(tx, user_id=singer, nickname="RockStar")
        tenant = await CUSTOMER(
            tx, user_id=host, name="Test Karaoke LLC", email=demo.host.email, timezone="America/New_York"
        )
        await _venue_and_songs(tx, tenant, demo)
        key = {"prefix": api_key[:PREFIX_LENGTH], "key_hash": digest(api_key)}
        await API_KEY(tx, tenant=tenant, user_id=host, description="Demo key for OpenKJ", **key)
    return demo


async def _venue_and_songs(tx: Transaction, tenant: UUID, demo: Demo) -> None:
    await SYSTEM_ROW(tx, tenant=tenant, number=demo.system_number, name="Test Karaoke System")
    await VENUE(
        tx,
        tenant=tenant,
        number=demo.venue_number,
        url_name=demo.venue_url_name,
        name="Test Karaoke Bar",
        address="123 Main Street",
        city="Nashville",
        region="TN",
        postal_code="37201",
        country="USA",
        phone="+1-615-555-1234",
        website="https://example.com",
        lat=36.1627,
        lon=-86.7816,
    )
    lines = (line.partition(" - ")[::2] for line in SONG_FILE.read_text("utf-8").splitlines() if line)
    songs, _ = await spell_all([{"artist": artist, "title": title} for artist, title in lines])
    await typos.learn(tx, songs)
    await generations.merge(tx, tenant, demo.system_number, songs)
