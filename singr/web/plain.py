"""Pages without anything of a venue's: the welcome, the host console's shell, the API docs."""

from __future__ import annotations

from string import Template

from aiohttp import web

from singr.http.call import Call
from singr.web import others
from singr.web.assets import ASSETS
from singr.web.markup import fill, join, template
from singr.web.page import dress, respond_with
from singr.web.words import labels, language_of, of_page, say

PLAIN, DOCS, HOST = dress("plain"), dress("docs", script="docs/docs.js"), dress("host", script="host/host.js")
ACCOUNT = dress("plain", script="account/account.js")
PANEL = Template('<button type="button" name="$name" value="$address">$label</button>\n')
PANELS = {
    "add": "Add a request",
    "settled": "Decided tonight",
    "rules": "House rules",
    "book": "Song book",
    "nights": "Nights",
    "keys": "API keys",
    "kiosk": "Kiosk",
}
WELCOME_BODY, DOCS_BODY = (fill(template(name)) for name in ("welcome", "docs"))
HOST_BODY, ACCOUNT_BODY = template("host"), template("account")


async def welcome(_call: Call, request: web.Request) -> web.Response:
    """Where to go from here."""
    return respond_with(request, PLAIN, title="Singr", body=WELCOME_BODY)


async def docs(_call: Call, request: web.Request) -> web.Response:
    """The API, readable."""
    return respond_with(request, DOCS, title="Singr API", body=DOCS_BODY)


async def host(call: Call, request: web.Request) -> web.Response:
    """The host console; everything in it comes through the API once somebody has signed in."""
    ways = others.buttons(call.kit.settings, page="/host", account="customer")
    panels = (fill(PANEL, name=n, label=text, address=ASSETS[f"host/panels/{n}.js"].url) for n, text in PANELS.items())
    body = fill(HOST_BODY, others=ways, panels=join(panels))
    return respond_with(request, HOST, title="Host console", body=body)


async def account(call: Call, request: web.Request) -> web.Response:
    """What the links in our mails open; singers sign in here, people do with other services, too."""
    words = of_page("account", language_of(request))
    ways = others.buttons(call.kit.settings, page="/account", account="singer", said=words)
    body = fill(ACCOUNT_BODY, **labels(words) | {"others": ways})
    return respond_with(request, ACCOUNT, title=say(words, "forgotten_heading"), body=body, words=words)
