"""Codes that change every half minute (RFC 6238 with SHA-1, six digits, as every authenticator app makes them)."""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote

SECRET_BYTES = 20
STEP_S = 30
DIGITS = 6
# One step each way: clocks differ, and people type slowly (RFC 6238, 5.2).
SKEW_STEPS = 1


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def code(secret: bytes, step: int) -> str:
    """The code of one step (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: bytes, offered: str, now_s: float) -> int | None:
    """The step near now whose code was offered, or None."""
    around = int(now_s) // STEP_S
    for step in range(around - SKEW_STEPS, around + SKEW_STEPS + 1):
        if offered.isascii() and hmac.compare_digest(code(secret, step), offered):
            return step
    return None


def base32(secret: bytes) -> str:
    """The secret as people type it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def uri(secret: bytes, email: str) -> str:
    """What a QR code for authenticator apps holds."""
    return f"otpauth://totp/Singr:{quote(email)}?secret={base32(secret)}&issuer=Singr&digits={DIGITS}&period={STEP_S}"
