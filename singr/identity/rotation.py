"""Changing the signing key without signing anybody out.

JWT_PRIVATE_KEYS holds the key that signs, the one that will, and the one that did. All of them verify, so processes may
restart one after the other: whoever signs with a key, the others have known it since the change before.
"""

from __future__ import annotations

from singr.core.settings import Settings
from singr.identity.keys import PEM, SigningKeys, generate


def rotated(settings: Settings) -> str:
    """The next value of JWT_PRIVATE_KEYS; raises BadSettings when the present one cannot be read."""
    SigningKeys.of(settings)
    present = PEM.findall(settings.jwt_private_keys.replace("\\n", "\n"))
    if not present:
        keys = [generate(), generate()]
    elif len(present) == 1:
        keys = [present[0], generate()]
    else:
        keys = [present[1], generate(), present[0]]
    return "\n".join(key.strip() for key in keys) + "\n"
