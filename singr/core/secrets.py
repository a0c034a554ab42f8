"""What is derived from the installation's AUTH_SECRET, and how high-entropy secrets are stored.

Random keys are kept as plain SHA-256: a slow hash protects guessable passwords and would only cost every poll.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache


def digest(secret: str) -> str:
    """Hex SHA-256 of an API key or token: the form in which the database knows it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache(64)
def _key(auth_secret: str, purpose: str) -> bytes:
    return hmac.digest(auth_secret.encode(), purpose.encode(), "sha256")


class Signer:
    """Signs short texts for one purpose: a signature made for another purpose never verifies."""

    def __init__(self, auth_secret: str, purpose: str) -> None:
        self._key = _key(auth_secret, purpose)

    def sign(self, text: str) -> str:
        """`text.signature`, both URL-safe."""
        return f"{text}.{self._signature(text)}"

    def verify(self, signed: str) -> str | None:
        """The text, or None when the signature is not ours."""
        text, dot, signature = signed.rpartition(".")
        if not dot or not signed.isascii() or not hmac.compare_digest(signature, self._signature(text)):
            return None
        return text

    def _signature(self, text: str) -> str:
        raw = hmac.digest(self._key, text.encode(), "sha256")[:16]
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
