"""Identity's rows of the route table."""

from __future__ import annotations

from singr.core.errors import AuthenticationFailed
from singr.http.guard import PUBLIC, SIGNED_IN
from singr.http.route import Cache, Route
from singr.identity import profile, sessions
from singr.identity.refresh import TokenReused
from singr.identity.shapes import JWKS, Profile, RefreshIn, Session, SignIn
from singr.infra.limits import Rate

ROUTES = (
    Route("POST", "/v1/auth/signin", sessions.sign_in,
          may=PUBLIC, rate=Rate(5, per_s=60, by="address"),
          body=SignIn, returns=Session, raises=(AuthenticationFailed,)),
    Route("POST", "/v1/auth/refresh", sessions.refresh,
          may=PUBLIC, rate=Rate(60, per_s=3600, by="device"),
          body=RefreshIn, returns=Session, raises=(AuthenticationFailed, TokenReused)),
    Route("POST", "/v1/auth/signout", sessions.sign_out,
          may=SIGNED_IN, rate=Rate(30, per_s=60), status=204),
    Route("GET", "/v1/auth/profile", profile.show,
          may=SIGNED_IN, rate=Rate(30, per_s=60), returns=Profile),
    Route("GET", "/v1/auth/well-known/jwks.json", profile.jwks,
          may=PUBLIC, rate=Rate(600, per_s=60, by="address"), returns=JWKS, cache=Cache(max_age_s=300),
          aliases=("/.well-known/jwks.json", "/v1/auth/.well-known/jwks.json")),
)  # fmt: skip
