"""Tracking tokens: what a guest holds of a request. The token is the request's id, signed; nothing of it is stored."""

from __future__ import annotations

from typing import Any

import msgspec

from singr.core.errors import NotFound
from singr.core.pseudonyms import Pseudonyms
from singr.core.secrets import Signer
from singr.core.settings import Settings
from singr.infra.sql import Runs, maybe, one
from singr.queue.host_shapes import HostRequest
from singr.queue.shapes import Addressee, Receipt, Request, RequestRow, SubmittedRequest

BY_ID = maybe("request_by_id", SubmittedRequest)
ADDRESSEE = one("request_addressee", Addressee)

DEVICE, ACCOUNT = "device", "account"
NOT_SHOWN = frozenset({"device_id", "user_id", "epoch", "tenant", "also_asked_as", "takes_turns"})


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
    """A row as anybody with its token sees it; the position only while it waits."""
    return Request(**fields(row))


def shown_to_host(settings: Settings, row: RequestRow) -> HostRequest:
    """A row as the organization that it was sent to sees it."""
    hidden = Pseudonyms(settings.auth_secret, row.tenant)
    return HostRequest(
        **fields(row),
        device=hidden.name(DEVICE, row.device_id) if row.device_id else None,
        account=hidden.name(ACCOUNT, str(row.user_id)) if row.user_id else None,
        also_asked_as=row.also_asked_as,
    )


def receipt(settings: Settings, row: SubmittedRequest) -> Receipt:
    """What the guest gets for a submission."""
    return Receipt(**fields(row), tracking_token=token(settings, row.id))


def fields(row: RequestRow) -> dict[str, Any]:
    """What a `Request` shows of a row."""
    given = {
        "request_number" if name == "number" else name: value
        for name, value in msgspec.structs.asdict(row).items()
        if name not in NOT_SHOWN
    }
    if row.status != "pending":
        given.pop("position", None)
    return given
