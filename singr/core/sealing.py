"""What must be kept but not be readable where it is kept: sealed with a key derived from AUTH_SECRET.

AES-256-GCM; a text sealed for one purpose does not open for another.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Seal:
    def __init__(self, auth_secret: str, purpose: str) -> None:
        key = hmac.digest(hashlib.sha256(auth_secret.encode()).digest(), b"seal:" + purpose.encode(), "sha256")
        self._cipher, self._purpose = AESGCM(key), purpose.encode()

    def close(self, plain: bytes) -> bytes:
        """The sealed form: nonce and ciphertext."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, self._purpose)

    def open(self, sealed: bytes) -> bytes | None:
        """What was sealed; None when it was changed, or sealed with another secret."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._purpose)
        except (InvalidTag, ValueError):
            return None
