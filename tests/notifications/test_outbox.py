"""Letters: written with their cause, sealed, sent once, kept while the mail server is away."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest
from msgspec.structs import replace as with_settings

from singr.core.actor import SYSTEM
from singr.core.errors import UpstreamUnavailable
from singr.infra.kit import Kit
from singr.infra.mail import Mail, send
from singr.notifications import letters, outbox
from singr.notifications.outbox import Letter
from singr.table import JOBS
from singr.worker import working
from tests.mailbox import Mailbox, link_of, text_of

FACTS = {"name": "Ann", "link": "https://singr.example/account#verify=t0k3n&x"}
FACTS |= {"organization": "O'Hara & Sons", "way": "Google"}
TO = "ann@example.com"


async def put(kit: Kit, kind: str = "verify_email", to: str = TO, *, for_s: int = 3600) -> int:
    async with kit.db.transaction(SYSTEM) as tx:
        return await outbox.put(tx, kit.settings, Letter(kind, to, FACTS), for_s=for_s)


async def asked(kit: Kit, sql: str) -> list[asyncpg.Record]:
    link = await asyncpg.connect(kit.settings.database_url, timeout=10)
    try:
        return list(await link.fetch(sql))
    finally:
        await link.close(timeout=10)


@pytest.mark.parametrize("kind", sorted(letters.KINDS))
async def test_a_letter_arrives_with_text_and_html(kind: str, kit: Kit, mailbox: Mailbox) -> None:
    await put(kit, kind)
    [mail] = await mailbox.collect(kit)
    assert (mail["To"], mail.get_content_type()) == (TO, "multipart/alternative")
    assert "Hello Ann," in text_of(mail)
    assert "<p>Hello Ann,</p>" in text_of(mail, "html")
    for part in (str(mail["Subject"]), text_of(mail), text_of(mail, "html")):
        assert "$" not in part
    if kind != "account_deleted":
        assert link_of(mail) == FACTS["link"]
        assert 'href="https://singr.example/account#verify=t0k3n&amp;x"' in text_of(mail, "html")


async def test_a_sent_letter_is_gone_and_not_sent_again(kit: Kit, mailbox: Mailbox) -> None:
    letter_id = await put(kit)
    await asyncio.gather(*(outbox.send(kit, letter_id=letter_id) for _ in range(3)))
    await outbox.send(kit, letter_id=letter_id)
    assert len(mailbox.mails) == 1
    assert await asked(kit, "SELECT * FROM outbox") == []


async def test_a_letter_waits_for_a_mail_server_that_is_away(kit: Kit, mailbox: Mailbox) -> None:
    letter_id = await put(kit)
    mailbox.refusing = True
    with pytest.raises(UpstreamUnavailable) as refused:
        await outbox.send(kit, letter_id=letter_id)
    assert TO not in str(refused.value)
    mailbox.refusing = False
    assert await mailbox.collect(kit) == []  # not due yet
    await asked(kit, "UPDATE outbox SET due_at = now()")
    assert len(await mailbox.collect(kit)) == 1


async def test_a_letter_of_a_cause_that_failed_is_not_sent(kit: Kit, mailbox: Mailbox) -> None:
    async def fail() -> None:
        async with kit.db.transaction(SYSTEM) as tx:
            await outbox.put(tx, kit.settings, Letter("verify_email", TO, FACTS), for_s=60)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await mailbox.collect(kit) == []


async def test_an_old_letter_is_forgotten(kit: Kit, mailbox: Mailbox) -> None:
    await put(kit, for_s=-1)
    assert await mailbox.collect(kit) == []
    assert await asked(kit, "SELECT * FROM outbox") == []


async def test_a_letter_to_nobody_is_dropped(kit: Kit, mailbox: Mailbox) -> None:
    await put(kit, to="")
    assert await mailbox.collect(kit) == []
    assert await asked(kit, "SELECT * FROM outbox") == []


async def test_neither_address_nor_token_can_be_read_in_the_database(kit: Kit) -> None:
    await put(kit)
    everything = str(await asked(kit, "SELECT encode(sealed, 'escape'), o::text FROM outbox o"))
    everything += str(await asked(kit, "SELECT a::text FROM audit_logs a"))
    assert "t0k3n" not in everything
    assert TO not in everything


async def test_a_letter_sealed_with_another_secret_is_dropped(kit: Kit, mailbox: Mailbox) -> None:
    letter_id = await put(kit)
    other = replace(kit, settings=with_settings(kit.settings, auth_secret="another secret of this installation"))
    await outbox.send(other, letter_id=letter_id)
    assert mailbox.mails == []
    assert await asked(kit, "SELECT * FROM outbox") == []


async def test_the_worker_sends_what_is_posted(kit: Kit, mailbox: Mailbox) -> None:
    async with working(kit, JOBS):
        await outbox.post(kit, await put(kit))
        async with asyncio.timeout(60):
            await mailbox.arrived.wait()
    assert mailbox.mails[0]["To"] == TO


async def test_a_terminal_shows_the_mail_but_not_in_production(kit: Kit, capsys: pytest.CaptureFixture[str]) -> None:
    mail = Mail("1", TO, "Subject", "Text\n", "<p>Text</p>")
    await send(with_settings(kit.settings, email_provider="console"), mail)
    assert "Text" in capsys.readouterr().err
    await send(with_settings(kit.settings, email_provider="console", singr_env="production"), mail)
    assert "Text" not in capsys.readouterr().err
