"""A provider, and a house that people can sign in to with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from msgspec.structs import replace

from singr.core.providers import Provider
from singr.core.settings import Settings
from singr.identity import keys
from singr.up.ports import free_port
from tests.house import House, opened
from tests.mailbox import Mailbox
from tests.openid import dex, front
from tests.openid.dex import APPLES_CLIENT, CLIENT, SECRET, Dex
from tests.openid.front import Front
from tests.openid.visitor import Visitor

SITE = "https://singr.example"
NEWCOMER = "ann@example.com"
PEOPLE = (NEWCOMER, "customer@example.com", "singer@example.com")
APPLES_KEY = keys.generate()
TEAM, KEY_ID = "TEAM123456", "KEY7654321"


@pytest.fixture(scope="module")
def site_port() -> int:
    """Where a house listens that browsers come back to."""
    return free_port()


@pytest.fixture(scope="module")
def real_dex(site_port: int) -> Iterator[Dex]:
    sites = (SITE, f"http://localhost:{site_port}")
    callbacks = [f"{site}/v1/auth/oauth/{name}/callback" for site in sites for name in ("dex", "other", "apple")]
    with dex.running(f"http://127.0.0.1:{free_port()}/dex", callbacks, PEOPLE) as one:
        yield one


@pytest.fixture
async def provider(real_dex: Dex) -> AsyncIterator[Front]:
    """The provider as people see it; it may be told to lie."""
    async with front.standing(real_dex) as one:
        yield one


@pytest.fixture
def trusting(settings: Settings, provider: Front, mailbox: Mailbox) -> Settings:
    """Settings with the provider under three names, and mail going to the mailbox."""
    ours = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
    apple = Provider(
        name="apple",
        label="Apple",
        issuer=provider.issuer,
        client_id=APPLES_CLIENT,
        team_id=TEAM,
        key_id=KEY_ID,
        private_key=APPLES_KEY,
    )
    providers = (apple, Provider(name="dex", label="Dex", **ours), Provider(name="other", label="Other", **ours))
    return replace(settings, oidc=providers, public_url=SITE, email_provider="smtp", smtp_port=mailbox.port)


@pytest.fixture
async def welcoming(trusting: Settings) -> AsyncIterator[House]:
    """One API process that trusts the provider."""
    async with opened(trusting) as one:
        yield one
        await one.kit.aside.settle()
        assert await one.value("SELECT array_agg(DISTINCT table_name) FROM audit_logs WHERE actor IS NULL") is None


@pytest.fixture
def visitor(welcoming: House) -> Visitor:
    """A browser that has not been here yet."""
    return Visitor(welcoming)
