"""Static files, read and compressed once. Their names carry a hash of the content: browsers may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from aiohttp import hdrs, web
from msgspec import Struct

from singr.core.errors import NotFound, RateLimited
from singr.http.call import Call
from singr.infra.limits import Rate
from singr.web import bundle

FOLDER = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
WORKER = "singer/worker.js"
# It stands for the pages of venues, and may fetch them and what they need.
WORKER_HEADERS = {
    "Service-Worker-Allowed": "/v/",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
}
FOR_EVER = "public, max-age=31536000, immutable"
# Files cost nothing but bytes: this only stops a runaway, and must not need Redis to do so.
FETCHING = Rate(30_000, per_s=60, by="address", inside=True)


class Asset(Struct, frozen=True):
    """One file as it is sent; `packed` is its gzip."""

    url: str
    content_type: str
    body: bytes
    packed: bytes


def load(folder: Path = FOLDER) -> dict[str, Asset]:
    """The pictures, and one script for each page, by their paths inside the folder."""
    folder = folder.resolve()
    scripts = {path: bundle.joined(path, folder) for path in bundle.roots(folder)}
    pictures = {path: path.read_text("utf-8") for path in sorted(folder.rglob("*.svg"))}
    return {
        (name := path.relative_to(folder)).as_posix(): _asset(name, text) for path, text in (scripts | pictures).items()
    }


def _asset(name: Path, text: str) -> Asset:
    body = text.encode()
    digest = hashlib.blake2b(body, digest_size=6).hexdigest()
    stem = name.with_suffix("").as_posix().replace("/", "-")
    return Asset(f"/static/{stem}.{digest}{name.suffix}", TYPES[name.suffix], body, gzip.compress(body, 9, mtime=0))


ASSETS = load()
BY_URL = {asset.url: asset for asset in ASSETS.values()}
BY_STEM = {asset.url.split(".")[0]: asset for asset in ASSETS.values()}


async def serve(call: Call, request: web.Request, name: str) -> web.Response:
    """One of the pages' files, to be kept for ever under its hashed name."""
    verdict = call.kit.limits.take_here(f"static:{call.network}", FETCHING)
    if not verdict.allowed:
        raise RateLimited(retry_after_s=verdict.retry_after_s)
    url = f"/static/{name}"
    # While servers of two versions run side by side a page may ask the other one: the file as it is here still works.
    asset = BY_URL.get(url) or BY_STEM.get(url.split(".")[0])
    if asset is None:
        raise NotFound("no such file")
    caching = FOR_EVER if url == asset.url else "no-store"
    headers = {"Content-Type": asset.content_type, "Cache-Control": caching}
    if asset is ASSETS[WORKER]:
        headers |= WORKER_HEADERS
    return respond(request, asset.body, asset.packed, headers)


def respond(request: web.Request, body: bytes, packed: bytes, headers: dict[str, str]) -> web.Response:
    """`body`, or `packed` (gzip) for those who take it."""
    takes_gzip = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
    coding = {"Content-Encoding": "gzip"} if takes_gzip else {}
    headers = headers | coding | {"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=packed if takes_gzip else body, headers=headers)
