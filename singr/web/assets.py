"""Static files, read once: scripts refer to each other by names that carry a hash of the content, so browsers may
keep them for ever. Compressed here, not at every call."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from aiohttp import hdrs, web
from msgspec import Struct

from singr.core.errors import NotFound, RateLimited
from singr.http.call import Call
from singr.infra.limits import Rate

FOLDER = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
IMPORT = re.compile(r'(?<=from ")(\.{1,2}/[\w./-]+\.js)(?=";)')
FOR_EVER = "public, max-age=31536000, immutable"
# Files cost nothing but bytes: this only stops a runaway, and must not need Redis to do so.
FETCHING = Rate(30_000, per_s=60, by="address", inside=True)


class Asset(Struct, frozen=True):
    """One file. `imports` are the URLs of the modules it needs, those they need included."""

    url: str
    content_type: str
    body: bytes
    packed: bytes
    imports: tuple[str, ...]


def load(folder: Path = FOLDER) -> dict[str, Asset]:
    """Every file by its path inside the folder; raises RecursionError where modules import each other in a circle."""
    found: dict[str, Asset] = {}
    for path in sorted(folder.rglob("*.*")):
        _load(path, folder, found)
    return found


def _load(path: Path, folder: Path, found: dict[str, Asset]) -> Asset:
    name = path.relative_to(folder).as_posix()
    if name in found:
        return found[name]
    imports: dict[str, None] = {}

    def rename(match: re.Match[str]) -> str:
        needed = _load((path.parent / match[1]).resolve(), folder.resolve(), found)
        imports.update(dict.fromkeys((needed.url, *needed.imports)))
        return needed.url

    text = path.read_text("utf-8")
    body = (IMPORT.sub(rename, text) if path.suffix == ".js" else text).encode()
    digest = hashlib.blake2b(body, digest_size=6).hexdigest()
    stem = name.removesuffix(path.suffix).replace("/", "-")
    url = f"/static/{stem}.{digest}{path.suffix}"
    found[name] = Asset(url, TYPES[path.suffix], body, gzip.compress(body, 9, mtime=0), tuple(imports))
    return found[name]


ASSETS = load()
BY_URL = {asset.url: asset for asset in ASSETS.values()}
BY_STEM = {asset.url.split(".")[0]: asset for asset in ASSETS.values()}


async def serve(call: Call, request: web.Request, name: str) -> web.Response:
    """One of the pages' files, to be kept for ever under its hashed name."""
    verdict = call.kit.limits.take_here(f"static:{call.address}", FETCHING)
    if not verdict.allowed:
        raise RateLimited(retry_after_s=verdict.retry_after_s)
    url = f"/static/{name}"
    # While servers of two versions run side by side a page may ask the other one: the file as it is here still works.
    asset = BY_URL.get(url) or BY_STEM.get(url.split(".")[0])
    if asset is None:
        raise NotFound("no such file")
    caching = FOR_EVER if url == asset.url else "no-store"
    return respond(request, asset.body, asset.packed, {"Content-Type": asset.content_type, "Cache-Control": caching})


def respond(request: web.Request, body: bytes, packed: bytes, headers: dict[str, str]) -> web.Response:
    """`body`, or `packed` (gzip) for those who take it."""
    takes_gzip = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
    coding = {"Content-Encoding": "gzip"} if takes_gzip else {}
    headers = headers | coding | {"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=packed if takes_gzip else body, headers=headers)


def preloads(entry: str) -> Iterator[str]:
    """The URLs of all modules that `entry` needs, itself last."""
    asset = ASSETS[entry]
    yield from asset.imports
    yield asset.url
