"""A guest's phone: a random id, signed by us, kept in a cookie or sent in a header. It names nobody, it only tells
one phone from another, since a whole bar shares one address."""

from __future__ import annotations

from collections.abc import MutableMapping

from aiohttp import web

from singr.core import ids
from singr.core.secrets import Signer

COOKIE = "singr_device"
HEADER = "X-Singr-Device"
MAX_AGE_S = 400 * 24 * 3600


class Devices:
    """Reads and makes device identities."""

    def __init__(self, auth_secret: str, *, secure: bool) -> None:
        self._signer = Signer(auth_secret, "device")
        self._kept = f"HttpOnly; Max-Age={MAX_AGE_S}; Path=/; SameSite=Lax{'; Secure' if secure else ''}"

    def of(self, request: web.Request) -> str | None:
        """The verified device id a request carries."""
        signed = request.headers.get(HEADER) or request.cookies.get(COOKIE)
        return self._signer.verify(signed) if signed else None

    def new(self) -> str:
        return ids.token(12)

    def attach(self, headers: MutableMapping[str, str], device: str) -> None:
        """Give `device` to the client, for its next calls; no cache may give it to anybody else."""
        signed = self._signer.sign(device)
        headers[HEADER] = signed
        headers["Cache-Control"] = "no-store"
        headers["Set-Cookie"] = f"{COOKIE}={signed}; {self._kept}"
