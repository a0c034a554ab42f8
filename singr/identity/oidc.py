"""Signing in with another service (OpenID Connect Core 1.0, authorization code flow with PKCE): out to it, and back.

What comes back to the browser is a code for one of our pages, good once and there; never a token.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from singr.core import ids
from singr.core.errors import AuthenticationFailed, AuthorizationDenied, NotFound
from singr.http.call import Call
from singr.http.reply import WithCookies
from singr.identity import challenges, oidc_flows, oidc_people, people, sessions
from singr.identity.challenges import Challenge
from singr.identity.oidc_flows import Account, Flow, Ticket, Waiting
from singr.identity.people import Person
from singr.identity.shapes import Session
from singr.infra.id_tokens import NotVerified
from singr.infra.oidc import Relation, Sought
from singr.telemetry import metrics

# RFC 6749, 4.1.2.1; Apple has a word of its own.
DENIALS = ("access_denied", "user_cancelled_authorize")

log = logging.getLogger("singr.security")


class Start(Struct):
    """`next` is the page of ours that finishes, a plain path; `account` is what somebody new becomes."""

    next: Annotated[str, Meta(max_length=100, pattern=r"^(?:/[A-Za-z0-9_-]+)+\Z")] = "/account"
    account: Account = "singer"


class Returned(Struct):
    """What a provider sends back (OpenID Connect Core 1.0, 3.1.2.5; RFC 9207). `user` is Apple's: the name, once."""

    state: str = ""
    code: str = ""
    error: str = ""
    iss: str | None = None
    user: str = ""


class Exchange(Struct, rename="camel", forbid_unknown_fields=True):
    """The code that stood after `#oauth=`: good once, for a minute, in the browser that signed in. `cookie` asks for
    cookies and a CSRF token instead of tokens."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
    cookie: bool = False


class SignInRefused(AuthorizationDenied):
    title = "You are not signed in"


class AppleName(Struct, rename="camel", frozen=True):
    first_name: str = ""
    last_name: str = ""


class AppleUser(Struct):
    name: AppleName = AppleName()


async def begin(call: Call, provider: str, wish: Start) -> tuple[str, Ticket]:
    """The provider's address for a new sign-in, and the cookie by which this browser is known when it comes back."""
    relation = _relation(call, provider)
    back = f"{call.kit.settings.base_url}/v1/auth/oauth/{provider}/callback"
    sought = Sought(redirect_uri=back, state=ids.token(), nonce=ids.token(), verifier=ids.token())
    address = await relation.address(sought)
    ticket = Ticket.new(call.kit.settings, travels=relation.provider.answers_by_form)
    await oidc_flows.keep(call.kit.redis, sought.state, Flow(ticket.browser, provider, sought, wish.next, wish.account))
    return address, ticket


async def finish(call: Call, provider: str, returned: Returned, cookies: Mapping[str, str]) -> str:
    """The page of ours to go on to, with a code. Raises NotHere, SignInRefused, NotVerified, ProviderAway and what
    `oidc_people` does."""
    relation = _relation(call, provider)
    try:
        flow = await oidc_flows.take(call.kit.redis, Flow, returned.state, cookies)
        person = await _who(call, relation, flow, returned)
    except (AuthenticationFailed, AuthorizationDenied) as refusal:
        metrics.SIGN_INS.labels("refused").inc()
        why = refusal.why if isinstance(refusal, NotVerified) else type(refusal).__name__
        log.warning("sign-in refused", extra={"provider": provider, "why": why, "address": call.address})
        raise
    code = ids.token()
    await oidc_flows.keep(call.kit.redis, code, Waiting(flow.browser, str(person.id), person.row.generation))
    return f"{flow.page}#oauth={code}"


async def exchange(call: Call, *, body: Exchange) -> Session | WithCookies | Challenge:
    """Exchange the code of a sign-in with another service for tokens; who has a second factor is asked for it."""
    waiting = await oidc_flows.take(call.kit.redis, Waiting, body.code, call.cookies)
    person = await people.load(call.kit.db, UUID(waiting.user_id), None, generation=waiting.generation)
    if challenge := await challenges.needed(call, person):
        return challenge
    return await sessions.start(call, person, cookie=body.cookie)


async def _who(call: Call, relation: Relation, flow: Flow, returned: Returned) -> Person:
    label = relation.provider.label
    if flow.provider != relation.provider.name:
        raise NotVerified("the answer is another provider's")
    if returned.error in DENIALS:
        raise SignInRefused(f"You did not let {label} tell us who you are.")
    if returned.error or not returned.code:
        raise SignInRefused(f"{label} could not sign you in. Try again, or another way.")
    identity = await relation.redeem(returned.code, flow.sought, issuer=returned.iss)
    name = identity.name or _apple_name(returned.user)
    return await oidc_people.whose(call, identity, label=label, account=flow.account, name=name)


def _relation(call: Call, provider: str) -> Relation:
    if provider not in call.kit.oidc:
        raise NotFound("no such way to sign in")
    return call.kit.oidc[provider]


def _apple_name(user: str) -> str:
    """The name that Apple's form tells beside the token; nobody has signed it, so it is a name and nothing else."""
    try:
        name = msgspec.json.decode(user, type=AppleUser).name
    except msgspec.MsgspecError:
        return ""
    return f"{name.first_name} {name.last_name}"
