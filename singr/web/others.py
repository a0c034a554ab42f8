"""The other ways to sign in: a button for each service that is set up, and nothing where there is none."""

from __future__ import annotations

from urllib.parse import urlencode

from singr.core.settings import Settings
from singr.web import words
from singr.web.markup import Markup, fill, join, template
from singr.web.words import Words

OTHERS, OTHER = template("others"), template("other")
# The console speaks English so far.
WORDS = words.of_page("account", words.ENGLISH)


def buttons(settings: Settings, *, page: str, account: str, said: Words = WORDS) -> Markup:
    """ "Continue with …", back to `page`; somebody new becomes `account`, singer or customer."""
    if not settings.oidc:
        return Markup()
    query = urlencode({"next": page, "account": account})
    ways = [
        fill(
            OTHER,
            address=f"/v1/auth/oauth/{provider.name}/start?{query}",
            words=words.say(said, "continue", provider=provider.label),
        )
        for provider in settings.oidc
    ]
    hint = words.say(said, f"new_{account}")
    return fill(OTHERS, label=words.say(said, "other_ways"), ways=join(ways), hint=hint)
