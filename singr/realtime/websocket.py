"""GET /v1/live: the WebSocket handshake (RFC 6455, section 4.2). What is said afterwards is in `conversation`."""

from __future__ import annotations

import base64
import binascii
import hashlib

from aiohttp import hdrs, web

from singr.core.errors import ValidationFailed
from singr.http.call import Call
from singr.realtime.conversation import Conversation
from singr.realtime.entrance import admit, check_greeting
from singr.realtime.frame import Form
from singr.realtime.hub import HUB
from singr.realtime.takeover import take_over
from singr.realtime.watcher import Watcher

ACCEPT_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
HEAD = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: {accept}\r\nX-Request-Id: {request_id}\r\n\r\n"
)


async def connect(call: Call, request: web.Request) -> web.StreamResponse:
    """Watch venues over a WebSocket; the messages are those of `realtime.messages`.

    Whoever signed the handshake in, by bearer token or as one of our own pages by cookie, needs no ticket.
    """
    hub = request.app[HUB]
    admit(call, hub)
    check_greeting(hub)
    head = HEAD.format(accept=_accept(request), request_id=call.request_id)
    watcher = Watcher(hub, Form.WEBSOCKET, head.encode())
    watcher.talk = Conversation(hub, call, watcher)
    return take_over(request, watcher, status=101)


def _accept(request: web.Request) -> str:
    """The answer to the client's key; raises ValidationFailed when this is no handshake."""
    headers = request.headers
    upgrades = "upgrade" in headers.get(hdrs.CONNECTION, "").lower()
    if not upgrades or headers.get(hdrs.UPGRADE, "").lower() != "websocket":
        raise ValidationFailed("this address speaks WebSocket: ask for an upgrade")
    key = headers.get(hdrs.SEC_WEBSOCKET_KEY, "")
    if headers.get(hdrs.SEC_WEBSOCKET_VERSION) != "13" or not _is_key(key):
        raise ValidationFailed("not a WebSocket handshake of version 13")
    digest = hashlib.sha1(key.encode() + ACCEPT_KEY, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
