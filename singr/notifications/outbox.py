"""The outbox: a letter is written in the transaction of what caused it, and sent afterwards.

Addresses and the tokens in links are sealed: neither the table nor a backup of it can be read without AUTH_SECRET. A
row is claimed for a while before it is sent and deleted once it is, so a letter arrives at least once, and a second
copy bears the same Message-ID. A letter to nobody costs the same as one to somebody and is dropped: answers stay equal
in time.
"""

from __future__ import annotations

import logging
from typing import Literal

import msgspec
from msgspec import Struct

from singr.core.errors import UpstreamUnavailable
from singr.core.sealing import Seal
from singr.core.settings import Settings
from singr.infra import mail, sms
from singr.infra.kit import Kit
from singr.infra.postgres import Transaction
from singr.infra.sms import Sms
from singr.infra.sql import many, maybe, none, value
from singr.notifications import letters

JOB = "send_mail"
DUE_MOST = 200

log = logging.getLogger("singr.mail")


class Letter(Struct):
    """What is sealed. `to` is empty for a letter to nobody, a phone number for one `by` SMS."""

    kind: str
    to: str
    facts: dict[str, str]
    by: Literal["mail", "sms"] = "mail"


class Claimed(Struct):
    id: int
    name: str
    sealed: bytes
    attempts: int


PUT = value("outbox_put", int)
CLAIM = maybe("outbox_claim", Claimed)
DONE = none("outbox_done")
DUE = many("outbox_due", int)
FORGET = none("outbox_forget")


async def put(tx: Transaction, settings: Settings, letter: Letter, *, for_s: int) -> int:
    """Write a letter that is worth sending for `for_s`; `post` the id after the commit."""
    sealed = _seal(settings).close(msgspec.json.encode(letter))
    return await PUT(tx, sealed=sealed, for_s=for_s)


async def post(kit: Kit, letter_id: int) -> None:
    """Have it sent now; a sweep finds it when that is not possible."""
    await kit.jobs.post(JOB, key=f"mail:{letter_id}", letter_id=letter_id)


async def send(kit: Kit, *, letter_id: int) -> None:
    """Job: send one letter, unless it is sent, being sent, or too old."""
    row = await CLAIM(kit.db, letter_id=letter_id)
    if row is None:
        return
    opened = _seal(kit.settings).open(row.sealed)
    if opened is None:
        log.error("a letter was sealed with another AUTH_SECRET", extra={"letter": letter_id})
        await DONE(kit.db, letter_id=letter_id)
        return
    letter = msgspec.json.decode(opened, type=Letter)
    if letter.by == "sms":
        await sms.send(kit.settings, Sms(letter.to, letters.text(letter.kind, letter.facts)))
    elif letter.to:
        await mail.send(kit.settings, letters.write(letter.kind, row.name, letter.to, letter.facts))
    await DONE(kit.db, letter_id=letter_id)


async def sweep(kit: Kit) -> None:
    """Job: send what is due again, forget what is too old."""
    await FORGET(kit.db)
    for letter_id in await DUE(kit.db, max_rows=DUE_MOST):
        try:
            await send(kit, letter_id=letter_id)
        except UpstreamUnavailable as exc:
            log.warning("letter not sent", extra={"letter": letter_id, "error": exc.detail})


def _seal(settings: Settings) -> Seal:
    return Seal(settings.auth_secret, "outbox")
