"""Names for ids that must not leave the house: always the same within one organization, another in every other one.

AES-SIV (RFC 5297): whoever has AUTH_SECRET can read the id again, nobody else can make or read a name.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Pseudonyms:
    """The names of one organization."""

    def __init__(self, auth_secret: str, tenant: UUID) -> None:
        self._cipher, self._tenant = _cipher(auth_secret), tenant.bytes

    def name(self, kind: str, text: str) -> str:
        """The name of an id of this kind; URL-safe."""
        sealed = self._cipher.encrypt(text.encode(), [self._tenant, kind.encode()])
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def read(self, kind: str, name: str) -> str | None:
        """The id behind a name; None for a name that we did not give within this organization."""
        try:
            sealed = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
            return self._cipher.decrypt(sealed, [self._tenant, kind.encode()]).decode()
        except (InvalidTag, ValueError):
            return None


@lru_cache(maxsize=4)
def _cipher(auth_secret: str) -> AESSIV:
    key = hmac.digest(hashlib.sha256(auth_secret.encode()).digest(), b"pseudonyms", "sha256")
    return AESSIV(key)
