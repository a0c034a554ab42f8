"""An answer that leaves in one write: aiohttp asks of a response no more than is here, and has nothing left to prepare.

What needs more (HEAD, an older HTTP, a connection that ends, a page of another origin) gets aiohttp's own response.
"""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.helpers import rfc822_formatted_time

_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class Ready:
    """`headers` may be added to until the answer leaves. aiohttp does not promise what it asks for: its minor version
    is pinned, and `tests/http/test_ready.py` holds it."""

    __slots__ = ("_plain", "_request", "body", "headers", "status")
    prepared = False

    def __init__(self, body: bytes, status: int, headers: dict[str, str]) -> None:
        self.body, self.status, self.headers = body, status, headers
        self._plain: web.Response | None = None

    @property
    def keep_alive(self) -> bool | None:
        return self._plain.keep_alive if self._plain else True

    async def prepare(self, request: web.BaseRequest) -> None:
        self._request = request
        if not _is_simple(request):
            self._plain = web.Response(body=self.body, status=self.status, headers=self.headers)
            await self._plain.prepare(request)

    async def write_eof(self) -> None:
        if self._plain:
            await self._plain.write_eof()
        elif transport := self._request.transport:
            transport.write(self._head() + self.body)
            await self._request.writer.drain()

    def _head(self) -> bytes:
        fields = "".join([f"{name}: {text}\r\n" for name, text in self.headers.items()])
        if fields.count("\n") != len(self.headers) or fields.count("\r") != len(self.headers):
            raise ValueError("a header has more than one line")
        length, date = len(self.body), rfc822_formatted_time()
        return f"{_LINES[self.status]}{fields}Content-Length: {length}\r\nDate: {date}\r\n\r\n".encode()


def _is_simple(request: web.BaseRequest) -> bool:
    return (
        request.method != hdrs.METH_HEAD
        and request.version == HttpVersion11
        and request.keep_alive
        and hdrs.ORIGIN not in request.headers
    )
