"""The other ways to sign in: a button for each service that is set up, and nothing where there is none."""

from __future__ import annotations

from urllib.parse import urlencode

from singr.core.settings import Settings
from singr.web import words
from singr.web.markup import Markup, fill, join, template

OTHERS, OTHER = template("others"), template("other")
# The pages around speak English so far.
WORDS = words.of_page("account", words.ENGLISH)


def buttons(settings: Settings, *, page: str, account: str) -> Markup:
    """ "Continue with …", back to `page`; somebody new becomes `account`, singer or customer."""
    if not settings.oidc:
        return Markup()
    query = urlencode({"next": page, "account": account})
    ways = [
        fill(
            OTHER,
            address=f"/v1/auth/oauth/{provider.name}/start?{query}",
            words=words.say(WORDS, "continue", provider=provider.label),
        )
        for provider in settings.oidc
    ]
    hint = words.say(WORDS, f"new_{account}")
    return fill(OTHERS, label=words.say(WORDS, "other_ways"), ways=join(ways), hint=hint)
