from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from singr.app import open_kit
from singr.core.settings import Settings
from singr.infra.kit import Kit
from tests.mailbox import Mailbox


@pytest.fixture
async def kit(settings: Settings, mailbox: Mailbox) -> AsyncIterator[Kit]:
    """A process whose mail goes to the mailbox."""
    async with open_kit(replace(settings, email_provider="smtp", smtp_port=mailbox.port)) as kit:
        yield kit
