"""Tracking tokens: what a guest holds of a request. The token is the request's id, signed; nothing of it is stored."""

from __future__ import annotations

from typing import Any

import msgspec

from singr.core.errors import NotFound
from singr.core.secrets import Signer
from singr.core.settings import Settings
from singr.infra.sql import Runs, maybe, one
from singr.queue.shapes import Addressee, Receipt, Request, RequestRow, SubmittedRequest

BY_ID = maybe("request_by_id", SubmittedRequest)
ADDRESSEE = one("request_addressee", Addressee)


def token(settings: Settings, request_id: int) -> str:
    return Signer(settings.auth_secret, "tracking").sign(str(request_id))


def request_id(settings: Settings, tracking_token: str) -> int:
    """The request a token names; raises NotFound for one we did not sign."""
    text = Signer(settings.auth_secret, "tracking").verify(tracking_token)
    if text is None:
        raise NotFound("no such request")
    return int(text)


async def find(on: Runs, settings: Settings, tracking_token: str) -> SubmittedRequest:
    """The request a token follows; raises NotFound."""
    row = await BY_ID(on, request_id=request_id(settings, tracking_token))
    if row is None:
        raise NotFound("no such request")
    return row


def shown(row: RequestRow) -> Request:
    """A row as the API shows it; the position only while it waits."""
    return Request(**_fields(row))


def receipt(settings: Settings, row: SubmittedRequest) -> Receipt:
    """What the guest gets for a submission."""
    return Receipt(**_fields(row), tracking_token=token(settings, row.id))


def _fields(row: RequestRow) -> dict[str, Any]:
    given = {
        "request_number" if name == "number" else name: value
        for name, value in msgspec.structs.asdict(row).items()
        if name not in {"device_id", "user_id", "epoch"}
    }
    if row.status != "pending":
        given.pop("position", None)
    return given
