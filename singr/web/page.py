"""One document: head, inline style, words, the script, and the headers that keep strangers' code out."""

from __future__ import annotations

import base64
import gzip
import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path

import msgspec
from aiohttp import ETag, web
from msgspec import Struct

from singr.web.address import host_of
from singr.web.assets import ASSETS, respond
from singr.web.markup import Markup, fill, template
from singr.web.words import CHOICE, COOKIE, Words

STYLES = Path(__file__).with_name("styles")
FRAME = template("frame")
THEME_COOKIE = "singr_theme"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src '{style}'; img-src 'self'; connect-src 'self'{live}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types {policies}"
)
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
}
YEAR_S = 365 * 24 * 3600


class Dress(Struct, frozen=True):
    """What all documents of one page share. `style_hash` admits the inline style, `policies` a Trusted Types policy."""

    style: Markup
    style_hash: str
    script: Markup
    policies: str


def dress(style: str, *, script: str | None = None, policies: str = "'none'") -> Dress:
    """The dress made of `styles/common.css` and `styles/<style>.css`, with a script of `static/`."""
    css = "".join((STYLES / f"{name}.css").read_text("utf-8") for name in ("common", style))
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    tag = f'<script type="module" src="{ASSETS[script].url}"></script>\n' if script else ""
    return Dress(Markup(css), f"sha256-{digest}", Markup(tag), policies)


@cache
def _data_block(words: Words) -> Markup:
    """JSON for scripts; as a data block it is never run."""
    text = msgspec.json.encode(words.texts).decode().replace("<", "\\u003c")
    return Markup(f'<script type="application/json" id="words">{text}</script>\n')


def respond_with(
    request: web.Request,
    dressed: Dress,
    *,
    title: str,
    body: Markup,
    words: Words,
    status: int = 200,
    theme: str | None = None,
) -> web.Response:
    """The document; `body` is a whole body element, `words` what its scripts say. `theme` overrules the visitor's.

    Whoever has this very document already is told so (304).
    """
    language = words.language
    chosen = theme or ("light" if request.cookies.get(THEME_COOKIE) == "light" else "dark")
    text = fill(
        FRAME,
        language=language.tag,
        direction=language.direction,
        theme=chosen,
        title=title,
        style=dressed.style,
        icon=ASSETS["icon.svg"].url,
        script=dressed.script,
        words=_data_block(words) if dressed.script else Markup(),
        body=body,
    ).encode()
    tag = ETag(hashlib.blake2b(text, digest_size=12).hexdigest(), is_weak=True)
    known = status == HTTPStatus.OK and tag in (request.if_none_match or ())
    response = web.Response(status=304, headers=HEADERS) if known else _document(request, text, status)
    response.etag = tag
    response.headers["Content-Security-Policy"] = _policy(request, dressed)
    if request.query.get(CHOICE) == language.tag:
        response.set_cookie(COOKIE, language.tag, max_age=YEAR_S, path="/", samesite="Lax", httponly=True)
    return response


def _document(request: web.Request, text: bytes, status: int) -> web.Response:
    response = respond(request, text, gzip.compress(text, 6), HEADERS)
    response.set_status(status)
    return response


def _policy(request: web.Request, dressed: Dress) -> str:
    host = host_of(request)
    # Older Safari does not count ws: as 'self'.
    live = f" ws://{host} wss://{host}" if host else ""
    return POLICY.format(style=dressed.style_hash, live=live, policies=dressed.policies)
