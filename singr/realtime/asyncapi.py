"""The AsyncAPI 3.0 document, made of the tables of messages and close codes; its golden copy lies with the laws."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Any, get_args

import msgspec
from msgspec import Struct

from singr import __version__
from singr.realtime import close, messages
from singr.realtime.messages import VIEWS, FromClient, FromServer

SCHEMA = "#/components/schemas/{name}"
SOCKET, EVENTS = "/v1/live", "/v1/live/venues/{urlName}/events"
TO_CLIENT: tuple[type[Struct], ...] = get_args(FromServer)
TO_SERVER: tuple[type[Struct], ...] = get_args(FromClient)


@lru_cache(1)
def text() -> bytes:
    """The document as YAML."""
    return msgspec.yaml.encode(document())


def document() -> dict[str, Any]:
    """The whole document. Operations are the server's: it sends and receives."""
    _, schemas = msgspec.json.schema_components((*TO_CLIENT, *TO_SERVER), ref_template=SCHEMA)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Singr, live", "version": __version__, "description": _described()},
        "defaultContentType": "application/json",
        "channels": {"socket": _socket(), "events": _events()},
        "operations": {
            "tell": _operation("send", "socket", TO_CLIENT),
            "hear": _operation("receive", "socket", TO_SERVER),
            "stream": _operation("send", "events", TO_CLIENT),
        },
        "components": {"messages": {_name(m): _message(m) for m in (*TO_CLIENT, *TO_SERVER)}, "schemas": schemas},
        "x-close-codes": [
            {"code": row.code, "slug": row.slug, "then": row.then, "meaning": row.meaning} for row in close.TABLE
        ],
    }


def _described() -> str:
    """What the module of messages says of them all."""
    return _unwrapped(inspect.cleandoc(messages.__doc__ or ""))


def _unwrapped(text: str) -> str:
    return "\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _socket() -> dict[str, Any]:
    return {
        "address": SOCKET,
        "description": "A WebSocket: one text frame a message, up to 4 KB from the client, no extensions.",
        "messages": _listed((*TO_CLIENT, *TO_SERVER)),
        "bindings": {"ws": {"method": "GET"}},
    }


def _events() -> dict[str, Any]:
    return {
        "address": EVENTS,
        "description": "Server-sent events: `event` is the type, `data` the message, `id` where Last-Event-ID resumes. "
        f"The query parameter `view` is one of {', '.join(VIEWS)}.",
        "parameters": {"urlName": {"description": "The venue's name in addresses, or its id."}},
        "messages": _listed(TO_CLIENT),
        "bindings": {"http": {}},
    }


def _listed(shapes: tuple[type[Struct], ...]) -> dict[str, Any]:
    return {_name(shape): {"$ref": f"#/components/messages/{_name(shape)}"} for shape in shapes}


def _operation(action: str, channel: str, shapes: tuple[type[Struct], ...]) -> dict[str, Any]:
    told = [{"$ref": f"#/channels/{channel}/messages/{_name(shape)}"} for shape in shapes]
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "messages": told}


def _message(shape: type[Struct]) -> dict[str, Any]:
    summary, _, more = inspect.cleandoc(shape.__doc__ or "").partition("\n\n")
    described = {"description": _unwrapped(more)} if more else {}
    schema = SCHEMA.format(name=shape.__name__)
    return {"name": _name(shape), "summary": _unwrapped(summary), **described, "payload": {"$ref": schema}}


def _name(shape: type[Struct]) -> str:
    """The `type` a message goes by."""
    return str(shape.__struct_config__.tag)
