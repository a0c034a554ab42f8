"""Tokens sent by mail: 256 random bits, good once and for a while, known to the database only by their SHA-256."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from singr.core import ids
from singr.core.errors import AuthenticationFailed
from singr.core.secrets import digest
from singr.core.settings import Settings
from singr.http.call import Call
from singr.identity import people
from singr.identity.people import Account
from singr.infra.limits import Rate
from singr.infra.postgres import Transaction
from singr.infra.sql import maybe, none, value
from singr.notifications import outbox
from singr.notifications.outbox import Letter

SOMEBODY = "there"
# Whoever asks in somebody's name again and again must not fill their mailbox.
TO_ONE = Rate(5, per_s=3600, by="recipient", inside=True)


class Purpose(NamedTuple):
    """What a token is for; `word` stands in its link, so that the page knows what to ask for."""

    word: str
    letter: str
    lifetime_s: int


VERIFY = Purpose("verify", "verify_email", 24 * 3600)
RESET = Purpose("reset", "reset_password", 3600)
EMAIL = Purpose("email", "change_email", 24 * 3600)
MAGIC = Purpose("magic", "magic_link", 15 * 60)


class LinkInvalid(AuthenticationFailed):
    title = "The link is not valid any more"


class Redeemed(Struct):
    """Whose token it was; `detail` is what was kept with it (a new address, a device)."""

    user_id: UUID
    detail: str


ISSUE = value("link_issue", str)
REDEEM = maybe("link_redeem", Redeemed)
END = none("links_end")
FORGET = none("links_forget")


async def recipient(call: Call, purpose: Purpose, email: str) -> Account | None:
    """Whose address it is; None for nobody's, and for one that such links went to five times within the hour."""
    verdict = await call.kit.limits.take(f"links:{purpose.word}:{digest(email.lower())}", TO_ONE)
    account = await people.BY_EMAIL(call.kit.db, email=email)
    return account if verdict.allowed else None


async def send(
    tx: Transaction, settings: Settings, purpose: Purpose, user_id: UUID, *, to: str, name: str | None, detail: str = ""
) -> int:
    """A new token, in a letter to `to` (empty: to nobody, at the same cost); older ones for the same purpose end.
    Returns the letter's id, to be posted after the commit."""
    token = ids.token()
    await ISSUE(
        tx,
        purpose=purpose.word,
        user_id=str(user_id),
        detail=detail,
        token=digest(token),
        lifetime_s=purpose.lifetime_s,
    )
    facts = {"name": name or SOMEBODY, "link": address(settings, purpose.word, token)}
    return await outbox.put(tx, settings, Letter(purpose.letter, to, facts), for_s=purpose.lifetime_s)


def is_here(call: Call, device: str) -> bool:
    """Whether this is the browser that asked for a link."""
    return bool(call.device) and call.device == device


async def redeem(tx: Transaction, purpose: Purpose, token: str) -> Redeemed:
    """Whose token it is, once; raises LinkInvalid."""
    found = await REDEEM(tx, purpose=purpose.word, token=digest(token))
    if found is None:
        raise LinkInvalid
    return found


def address(settings: Settings, word: str = "", token: str = "") -> str:
    """The account page; the token stands after `#`, which browsers send to no server."""
    return f"{settings.base_url}/account" + (f"#{word}={token}" if token else "")


async def tell(tx: Transaction, settings: Settings, letter: str, *, to: str, name: str | None, **more: str) -> int:
    """A letter without a token, with what `more` it tells; returns its id."""
    facts = {"name": name or SOMEBODY, "link": address(settings)} | more
    return await outbox.put(tx, settings, Letter(letter, to, facts), for_s=VERIFY.lifetime_s)
