"""Which passwords may be chosen: long enough, and none that guessers try first (NIST SP 800-63B, 5.1.1.2).

The list of the commonest passwords is zxcvbn's. Adding digits or signs at the end of a common one does not help.
"""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache

from singr.core.errors import Conflict, FieldError, ValidationFailed

MIN_LENGTH = 12
SINGER_MIN_LENGTH = 10
FEWEST_DIFFERENT = 5
TRIMMINGS = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class TooShortForWork(Conflict):
    title = "Your password is too short for your work"

    def __init__(self) -> None:
        super().__init__(f"at least {MIN_LENGTH} characters: choose another by the link for a forgotten password")


async def check(password: str, email: str, *, min_length: int, field: str = "password") -> None:
    """Raises ValidationFailed when this password may not be chosen."""
    if why := await asyncio.to_thread(objection, password, email, min_length):
        raise ValidationFailed(why, errors=(FieldError(field, why),))


def objection(password: str, email: str, min_length: int) -> str | None:
    """What is wrong with the password, or None."""
    if len(password) < min_length:
        return f"at least {min_length} characters"
    folded = password.casefold()
    if len(set(folded)) < FEWEST_DIFFERENT:
        return "too few different characters"
    stem = TRIMMINGS.sub("", folded)
    if stem and stem in {*email.casefold().split("@"), email.casefold(), "singr", "karaoke", "singrkaraoke"}:
        return "too close to your address or to our name"
    if folded in _commonest() or stem in _commonest():
        return "one of the commonest passwords"
    return None


@lru_cache(1)
def _commonest() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 94,000 words that only choosing a password needs

    return frozenset(FREQUENCY_LISTS["passwords"])
