"""Identity's rows of the route table."""

from __future__ import annotations

from singr.core.errors import (
    AuthenticationFailed,
    AuthorizationDenied,
    Conflict,
    NotConfirmed,
    NotFound,
    ValidationFailed,
)
from singr.http.guard import PUBLIC, SIGNED_IN
from singr.http.route import Cache, Route
from singr.identity import (
    challenges,
    contexts,
    credentials,
    factors,
    magic,
    oidc,
    phones,
    profile,
    recovery,
    registration,
    sessions,
)
from singr.identity.challenges import Answer, AskForText
from singr.identity.factors import Disable, RecoveryCodes, Setup
from singr.identity.forms import (
    ChangeEmail,
    ChangePassword,
    ChangeProfile,
    ConfirmCode,
    ConfirmPassword,
    DeleteAccount,
    Forgot,
    Register,
    RegisterSinger,
    Reset,
    Token,
    Told,
)
from singr.identity.links import LinkInvalid
from singr.identity.magic import MagicIn
from singr.identity.oidc import Exchange
from singr.identity.oidc_flows import NotHere
from singr.identity.phones import SetPhone
from singr.identity.policy import TooShortForWork
from singr.identity.refresh import TokenReused
from singr.identity.shapes import JWKS, AccessToken, Profile, RefreshIn, Session, SignIn, SwitchContext
from singr.identity.throttle import TooManyFailures
from singr.infra.limits import Rate

BY_MAIL = Rate(5, per_s=3600, by="address")
OWN_ACCOUNT = Rate(10, per_s=900)
# What `credentials.confirmed` says no with.
CONFIRMING = (AuthorizationDenied, TooManyFailures)

ACCOUNTS = (
    Route("POST", "/v1/auth/register", registration.register,
          may=PUBLIC, rate=Rate(3, per_s=3600, by="address"),
          body=Register, returns=Told, status=202, raises=(ValidationFailed,), aliases=("/v1/auth/signup",)),
    Route("POST", "/v1/auth/register/singer", registration.register_singer,
          may=PUBLIC, rate=BY_MAIL, body=RegisterSinger, returns=Told, status=202, raises=(ValidationFailed,)),
    Route("POST", "/v1/auth/verify-email", registration.verify,
          may=PUBLIC, rate=BY_MAIL, body=Token, returns=Told,
          raises=(LinkInvalid, NotConfirmed, *CONFIRMING)),
    Route("POST", "/v1/auth/verify-email/resend", registration.resend,
          may=SIGNED_IN, rate=Rate(5, per_s=3600), returns=Told, status=202),
    Route("POST", "/v1/auth/password/forgot", recovery.forgot,
          may=PUBLIC, rate=BY_MAIL, body=Forgot, returns=Told, status=202, aliases=("/v1/auth/forgot-password",)),
    Route("POST", "/v1/auth/password/reset", recovery.reset,
          may=PUBLIC, rate=BY_MAIL,
          body=Reset, returns=Told, raises=(LinkInvalid, ValidationFailed), aliases=("/v1/auth/reset-password",)),
    Route("POST", "/v1/auth/password/change", credentials.change_password,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=ChangePassword, returns=Told, raises=CONFIRMING),
    Route("POST", "/v1/auth/email/change", credentials.change_email,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=ChangeEmail, returns=Told, status=202, raises=CONFIRMING),
    Route("POST", "/v1/auth/email/confirm", credentials.confirm_email,
          may=PUBLIC, rate=BY_MAIL, body=Token, returns=Told,
          raises=(LinkInvalid, NotConfirmed, *CONFIRMING)),
    Route("PATCH", "/v1/auth/profile", credentials.change_profile,
          may=SIGNED_IN, rate=Rate(30, per_s=60), body=ChangeProfile, returns=Profile),
    Route("POST", "/v1/auth/account/delete", credentials.delete_account,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=DeleteAccount, status=204, raises=(*CONFIRMING, Conflict)),
)  # fmt: skip

# By device where people sign in, since a bar shares one address; guessing is what `throttle` makes slow.
SESSIONS = (
    Route("POST", "/v1/auth/signin", sessions.sign_in,
          may=PUBLIC, rate=Rate(5, per_s=60, by="device"),
          body=SignIn, returns=Session,
          raises=(AuthenticationFailed, AuthorizationDenied, TooManyFailures, TooShortForWork)),
    Route("POST", "/v1/auth/2fa/challenge", sessions.answer_challenge,
          may=PUBLIC, rate=Rate(10, per_s=900, by="device"),
          body=Answer, returns=Session, raises=(AuthenticationFailed, AuthorizationDenied, TooManyFailures)),
    Route("POST", "/v1/auth/2fa/challenge/sms", challenges.send_text,
          may=PUBLIC, rate=Rate(10, per_s=900, by="device"),
          body=AskForText, returns=Told, status=202, raises=(AuthenticationFailed, NotFound)),
    Route("POST", "/v1/auth/magic-link", magic.ask,
          may=PUBLIC, rate=Rate(5, per_s=3600, by="device"), body=Forgot, returns=Told, status=202),
    Route("POST", "/v1/auth/magic-link/verify", magic.verify,
          may=PUBLIC, rate=Rate(5, per_s=3600, by="address"),
          body=MagicIn, returns=Session, raises=(LinkInvalid, NotConfirmed, AuthorizationDenied)),
    Route("POST", "/v1/auth/oauth/exchange", oidc.exchange,
          may=PUBLIC, rate=Rate(20, per_s=3600, by="address"), body=Exchange, returns=Session,
          raises=(NotHere, AuthorizationDenied)),
    Route("POST", "/v1/auth/refresh", sessions.refresh,
          may=PUBLIC, rate=sessions.REFRESHING,
          body=RefreshIn, returns=Session, raises=(AuthenticationFailed, AuthorizationDenied, TokenReused)),
    Route("POST", "/v1/auth/signout", sessions.sign_out,
          may=SIGNED_IN, rate=Rate(30, per_s=60), status=204),
    Route("POST", "/v1/auth/signout/everywhere", credentials.sign_out_everywhere,
          may=SIGNED_IN, rate=Rate(30, per_s=60), status=204),
    Route("POST", "/v1/auth/context", contexts.switch,
          may=SIGNED_IN, rate=Rate(10, per_s=60), body=SwitchContext, returns=AccessToken, raises=(NotFound,)),
    Route("GET", "/v1/auth/profile", profile.show,
          may=SIGNED_IN, rate=Rate(30, per_s=60), returns=Profile),
    Route("GET", "/v1/auth/well-known/jwks.json", profile.jwks,
          may=PUBLIC, rate=Rate(600, per_s=60, by="address"), returns=JWKS, cache=Cache(max_age_s=300),
          aliases=("/.well-known/jwks.json", "/v1/auth/.well-known/jwks.json")),
)  # fmt: skip

SECOND_FACTOR = (
    Route("POST", "/v1/auth/2fa/setup", factors.set_up,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=ConfirmPassword, returns=Setup, raises=(*CONFIRMING, Conflict)),
    Route("POST", "/v1/auth/2fa/verify", factors.enable,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=ConfirmCode, returns=RecoveryCodes, raises=(TooManyFailures,)),
    Route("POST", "/v1/auth/2fa/disable", factors.disable,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=Disable, status=204, raises=CONFIRMING),
    Route("POST", "/v1/auth/2fa/phone", phones.set_up,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=SetPhone, returns=Told, status=202,
          raises=(*CONFIRMING, Conflict)),
    Route("POST", "/v1/auth/2fa/phone/verify", phones.confirm,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=ConfirmCode, status=204, raises=(TooManyFailures, Conflict)),
    Route("POST", "/v1/auth/2fa/phone/remove", phones.remove,
          may=SIGNED_IN, rate=OWN_ACCOUNT, body=ConfirmPassword, status=204, raises=CONFIRMING),
)  # fmt: skip

ROUTES = (*ACCOUNTS, *SESSIONS, *SECOND_FACTOR)
