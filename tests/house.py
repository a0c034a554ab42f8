"""The whole house for a test: a seeded database, a kit, and a client that talks to the real application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from singr import table
from singr.app import application, open_kit
from singr.core.actor import Context
from singr.core.permissions import Permission
from singr.core.settings import Settings
from singr.http.route import Row
from singr.identity import tokens
from singr.identity.people import Membership, Person, PersonRow
from singr.infra.kit import Kit
from singr.infra.postgres import Database
from singr.seed import Demo, seed_baseline, seed_demo
from tests import databases

API_KEY = "skj_test-key-of-the-demo-night"
VENUE = "/v1/public/venues/test-karaoke-bar"
SONG = {"singerName": "Ann", "artist": "Queen", "title": "Innuendo"}


@dataclass
class House:
    """One API process: `client` asks it, `kit` is what it has at hand."""

    client: TestClient[Any, Any]
    kit: Kit
    demo: Demo
    tokens: dict[str, str] = field(default_factory=dict)

    async def sign_in(self, who: str = "host") -> dict[str, str]:
        """Headers that act as the demo's admin, host or singer."""
        if who not in self.tokens:
            login = getattr(self.demo, who)
            body = {"email": login.email, "password": login.password}
            async with self.client.post("/v1/auth/signin", json=body) as answer:
                self.tokens[who] = (await answer.json())["accessToken"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    async def call(self, method: str, path: str, **given: Any) -> tuple[int, Any]:
        """Status and decoded JSON (None without a body)."""
        async with self.client.request(method, path, **given) as answer:
            return answer.status, (await answer.json(content_type=None) if answer.content_length else None)

    async def ask(self, **song: Any) -> dict[str, Any]:
        """A guest's request at the demo venue: the receipt."""
        status, receipt = await self.call("POST", f"{VENUE}/requests", json=SONG | song)
        assert status == 201, receipt
        return dict(receipt)

    async def value(self, sql: str, *args: object) -> Any:
        """The first value of the first row, asked as the database's owner."""
        link = await asyncpg.connect(self.kit.settings.database_url, timeout=10)
        try:
            await link.execute("SELECT set_config('app.actor', 'test', false)")
            return await link.fetchval(sql, *args)
        finally:
            await link.close(timeout=10)

    async def becomes(self, sql: str, wanted: object) -> None:
        """Wait until `value(sql)` is `wanted`; TimeoutError after a generous while."""
        async with asyncio.timeout(60):
            while await self.value(sql) != wanted:
                await asyncio.sleep(0.05)

    def stranger(self) -> dict[str, str]:
        """Headers that act as the owner of another organization."""
        membership = Membership(uuid4(), "Other", "customer_owner", "active", [str(p) for p in Permission], True)
        row = PersonRow(uuid4(), "other@example.com", None, None, None, None, True, [], None, None, None)
        person = Person(row, [membership], Context("customer", membership.id))
        return {"Authorization": f"Bearer {tokens.issue(self.kit.settings, person, uuid4().hex)}"}

    async def venue_id(self) -> str:
        _, page = await self.call("GET", "/v1/customer/venues", headers=await self.sign_in())
        return str(page["items"][0]["id"])


@pytest.fixture(scope="session")
def demo_template(postgres_url: str, template: str) -> str:
    """The name of a template database that holds the demo."""
    return databases.make_template(postgres_url, "demo", source=template, fill=seed)


async def seed(url: str) -> None:
    async with Database.open(url, size=2) as db:
        await seed_baseline(db)
        await seed_demo(db, api_key=API_KEY)


@pytest.fixture
def demo_url(postgres_url: str, demo_template: str) -> Iterator[str]:
    """A database with the demo for this test alone."""
    with databases.copied(postgres_url, demo_template) as url:
        yield url


@pytest.fixture
def settings(demo_url: str, redis_url: str) -> Settings:
    return _settings(demo_url, redis_url)


def _settings(database_url: str, redis_url: str) -> Settings:
    return Settings(
        database_url=database_url, redis_url=redis_url, singr_env="test", database_pool_size=4, log_level="warning"
    )


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """One API process on the demo. Law: whatever it wrote is audited with its actor."""
    async with opened(settings) as one:
        yield one
        await one.kit.aside.settle()
        assert await one.value("SELECT array_agg(DISTINCT table_name) FROM audit_logs WHERE actor IS NULL") is None


@pytest.fixture(scope="module")
def _demo_url_of_module(postgres_url: str, demo_template: str) -> Iterator[str]:
    with databases.copied(postgres_url, demo_template) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def _house_of_module(_demo_url_of_module: str, _redis_of_worker: str) -> AsyncIterator[House]:
    async with opened(_settings(_demo_url_of_module, _redis_of_worker)) as one:
        yield one


@pytest.fixture
def lasting_house(_house_of_module: House, redis_url: str) -> House:
    """A house that the tests of a module share, with every limit as new: for calls that leave nothing behind."""
    return _house_of_module


@asynccontextmanager
async def opened(
    settings: Settings, rows: Sequence[Row] = table.ROUTES, *, port: int | None = None
) -> AsyncIterator[House]:
    """An API process, on any port unless one is asked for; several may share the settings."""
    async with AsyncExitStack() as stack:
        kit = await stack.enter_async_context(open_kit(settings))
        app = await stack.enter_async_context(application(kit, rows))
        client = await stack.enter_async_context(TestClient(TestServer(app, port=port)))
        yield House(client, kit, Demo(API_KEY))
