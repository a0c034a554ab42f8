"""Text messages out: onto the terminal of whoever develops. No provider is built in yet."""

from __future__ import annotations

import logging
import sys

from msgspec import Struct

from singr.core.settings import Settings

log = logging.getLogger("singr.sms")


class Sms(Struct, frozen=True):
    """`to` is in E.164."""

    to: str
    text: str


def is_sent(settings: Settings) -> bool:
    """Whether a text reaches anybody: `console` does in no production."""
    return settings.sms_provider != "console" or settings.singr_env != "production"


async def send(settings: Settings, sms: Sms) -> None:
    """Hand the text on."""
    if not is_sent(settings):
        log.error("text message not sent: SMS_PROVIDER is console")
        return
    sys.stderr.write(f"\n--- text to {sms.to}: {sms.text}\n---\n")
