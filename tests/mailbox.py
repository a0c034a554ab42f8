"""A mail server for tests: a real one, that keeps what it gets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from singr.infra.kit import Kit
from singr.notifications import outbox


class Mailbox:
    """Listens on `port`; `refusing` makes it answer that it takes nothing just now."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusing = False
        self.port = 0
        self.arrived = asyncio.Event()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusing:
            return "451 4.3.0 not now"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.arrived.set()
        return "250 OK"

    async def collect(self, kit: Kit) -> list[EmailMessage]:
        """Everything that waits in the outbox, sent now; mails of before are forgotten."""
        self.mails.clear()
        await outbox.sweep(kit)
        return list(self.mails)

    async def link(self, kit: Kit) -> str:
        """The link in the only mail that waits."""
        [mail] = await self.collect(kit)
        return link_of(mail)

    async def token(self, kit: Kit) -> str:
        """The token in that link."""
        return (await self.link(kit)).rpartition("=")[2]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link_of(mail: EmailMessage) -> str:
    found = re.search(r"^https?://\S+\s*$", text_of(mail), re.M)
    assert found
    return found[0].strip()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box, enable_SMTPUTF8=True), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()
