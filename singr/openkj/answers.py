"""Answers byte by byte. OpenKJ acts by the answer's own `command`, and takes nothing but `true` and `false` for
booleans; in an error it reads `errorString`, in a success it must find none."""

from __future__ import annotations

import msgspec
from aiohttp import web

from singr.core.errors import Problem
from singr.http.ready import Ready

COMMAND_MAX = 200

_encode = msgspec.json.Encoder().encode


def success(command: str, members: bytes = b"") -> bytes:
    """`members` are more of the object's, each with a comma before it: `,"serial":7`."""
    return b'{"command":%b,"error":false%b}' % (text(command), members)


def error(command: str, why: str) -> bytes:
    """An error whose text the operator finds in OpenKJ's log, and in its *Test* dialog."""
    return b'{"command":%b,"error":true,"errorString":%b}' % (text(command[:COMMAND_MAX]), text(why))


def text(value: str) -> bytes:
    """A JSON string; what cannot be encoded becomes a question mark, since invalid UTF-8 voids the whole answer."""
    return _encode(value.encode("utf-8", "replace").decode())


def member(name: str, value: object) -> bytes:
    """`,"name":value`."""
    return b',"%b":%b' % (name.encode(), _encode(value))


def words(problem: Problem) -> str:
    """A problem in one line, with the fields it is about."""
    if not problem.errors:
        return problem.detail
    return "; ".join(f"{e.field}: {e.message}" if e.field else e.message for e in problem.errors)


def response(body: bytes, *, closing: bool = False) -> web.Response | Ready:
    """Always 200: OpenKJ reads no body of any other status. `closing` ends the connection after it."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    if not closing:
        return Ready(body, 200, headers)
    answer = web.Response(body=body, headers=headers)
    answer.force_close()
    return answer
