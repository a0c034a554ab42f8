"""Mail out: by SMTP, or onto the terminal of whoever develops."""

from __future__ import annotations

import logging
import sys
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

import aiosmtplib
from msgspec import Struct

from singr.core.errors import UpstreamUnavailable
from singr.core.settings import Settings

SEND_TIMEOUT_S = 20

log = logging.getLogger("singr.mail")


class Mail(Struct, frozen=True):
    """`id` names the mail for good: one that is sent twice is recognised by it."""

    id: str
    to: str
    subject: str
    text: str
    html: str


async def send(settings: Settings, mail: Mail) -> None:
    """Hand the mail on; raises UpstreamUnavailable when the mail server does not take it."""
    if settings.email_provider == "console":
        return _show(settings, mail)
    tls = settings.smtp_tls
    try:
        await aiosmtplib.send(
            written(settings, mail),
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
            use_tls=tls == "tls",
            start_tls=tls == "starttls",
            timeout=SEND_TIMEOUT_S,
        )
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
        # The text of a refusal repeats the address; its kind is enough.
        raise UpstreamUnavailable(f"the mail server did not take it: {type(exc).__name__}") from None
    return None


def written(settings: Settings, mail: Mail) -> EmailMessage:
    """The mail as RFC 5322 has it, text first and HTML as the alternative."""
    name, sender = parseaddr(settings.email_from)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name or "Singr", addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _show(settings: Settings, mail: Mail) -> None:
    if settings.singr_env == "production":
        log.error("mail not sent: EMAIL_PROVIDER is console", extra={"mail": mail.id})
        return
    sys.stderr.write(f"\n--- mail to {mail.to}: {mail.subject}\n{mail.text}---\n")
