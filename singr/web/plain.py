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
PANELS = {name: ASSETS[f"host/panels/{name}.js"].url
          for name in ("add", "settled", "rules", "venue", "book", "nights", "keys", "kiosk")}  # fmt: skip
WELCOME_BODY, DOCS_BODY, HOST_BODY, ACCOUNT_BODY = map(template, ("welcome", "docs", "host", "account"))


async def welcome(_call: Call, request: web.Request) -> web.Response:
    """Where to go from here."""
    words = of_page("welcome", language_of(request))
    body = fill(WELCOME_BODY, **labels(words) | {"languages": others.languages(words)})
    return respond_with(request, PLAIN, title="Singr", body=body, words=words)


async def docs(_call: Call, request: web.Request) -> web.Response:
    """The API, readable."""
    words = of_page("docs", language_of(request))
    body = fill(DOCS_BODY, **labels(words) | {"languages": others.languages(words)})
    return respond_with(request, DOCS, title=say(words, "title"), body=body, words=words)


async def host(call: Call, request: web.Request) -> web.Response:
    """The host console; everything in it comes through the API once somebody has signed in."""
    words = of_page("host", language_of(request))
    ways = others.buttons(call.kit.settings, words, page="/host", account="customer")
    panels = (fill(PANEL, name=n, label=say(words, f"panel_{n}"), address=url) for n, url in PANELS.items())
    parts = {"others": ways, "languages": others.languages(words), "panels": join(panels)}
    body = fill(HOST_BODY, **labels(words) | parts)
    return respond_with(request, HOST, title=say(words, "host_title"), body=body, words=words)


async def account(call: Call, request: web.Request) -> web.Response:
    """What the links in our mails open; singers sign in here, people do with other services, too."""
    words = of_page("account", language_of(request))
    ways = others.buttons(call.kit.settings, words, page="/account", account="singer")
    body = fill(ACCOUNT_BODY, **labels(words) | {"others": ways, "languages": others.languages(words)})
    return respond_with(request, ACCOUNT, title=say(words, "forgotten_heading"), body=body, words=words)
