"""What stands at every door: the other ways to sign in, as far as any is set up, and the other languages."""

from __future__ import annotations

from string import Template
from urllib.parse import urlencode

from singr.core.settings import Settings
from singr.web.markup import Markup, fill, join, template
from singr.web.words import LANGUAGES, Words, say

OTHERS, OTHER = template("others"), template("other")
LANGUAGE = Template('<a href="?lang=$tag" hreflang="$tag" lang="$tag">$name</a>\n')


def languages(words: Words) -> Markup:
    """A link for each language but the page's own."""
    others = (language for language in LANGUAGES.values() if language is not words.language)
    return join(fill(LANGUAGE, tag=language.tag, name=language.name) for language in others)


def buttons(settings: Settings, words: Words, *, page: str, account: str) -> Markup:
    """ "Continue with …", back to `page`; somebody new becomes `account`, singer or customer."""
    if not settings.oidc:
        return Markup()
    query = urlencode({"next": page, "account": account})
    ways = [
        fill(
            OTHER,
            address=f"/v1/auth/oauth/{provider.name}/start?{query}",
            words=say(words, "continue", provider=provider.label),
        )
        for provider in settings.oidc
    ]
    return fill(OTHERS, label=say(words, "other_ways"), ways=join(ways), hint=say(words, f"new_{account}"))
