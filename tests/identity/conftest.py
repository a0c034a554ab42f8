"""Houses whose mail can be read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from singr.core.settings import Settings
from tests.house import House, opened
from tests.mailbox import Mailbox


@pytest.fixture
def mailing(settings: Settings, mailbox: Mailbox) -> Settings:
    """Settings with which mail goes to the mailbox."""
    return replace(settings, email_provider="smtp", smtp_port=mailbox.port, public_url="http://singr.example")


@pytest.fixture
async def home(mailing: Settings) -> AsyncIterator[House]:
    """One API process that sends mail."""
    async with opened(mailing) as one:
        yield one
