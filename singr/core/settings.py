"""Everything an operator can set, read once from the environment into one frozen Struct.

Each field but `oidc` (see `providers.py`) is the environment variable of the same name in capitals. A misspelt
`SINGR_*` name, a value of the wrong type and development secrets in production stop the process with one line that says
which.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from singr.core import providers
from singr.core.providers import BadProvider, Provider

DEVELOPMENT_SECRET = "singr-development-secret-not-for-production"  # noqa: S105

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[int, Meta(ge=1)]


class BadSettings(Exception):
    """The environment cannot be used; the message names the variable, never a secret's value."""


class Settings(Struct, frozen=True, kw_only=True):
    database_url: str = "postgresql://singr@127.0.0.1:5432/singr"
    redis_url: str = "redis://127.0.0.1:6379/0"
    queue_redis_url: str = ""
    host: str = "0.0.0.0"  # noqa: S104
    port: Port = 8080
    reuse_port: bool = False
    public_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    singr_env: Literal["development", "test", "production"] = "development"
    singr_dir: str = ".singr"
    run_api: bool = True
    run_workers: bool = True
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    database_pool_size: Annotated[int, Meta(ge=2, le=100)] = 10
    database_pooler: Literal["none", "transaction"] = "none"

    auth_secret: str = DEVELOPMENT_SECRET
    jwt_private_keys: str = ""
    jwt_issuer: str = "system.singrkaraoke.com"
    jwt_audience: str = "system.singrkaraoke.com"
    access_token_ttl_s: Seconds = 900
    refresh_token_ttl_s: Seconds = 604_800
    session_ttl_s: Seconds = 2_592_000
    oidc: tuple[Provider, ...] = ()

    email_provider: Literal["console", "smtp"] = "console"
    email_from: str = "Singr <no-reply@localhost.localdomain>"
    smtp_host: str = "127.0.0.1"
    smtp_port: Port = 25
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"

    sms_provider: Literal["console"] = "console"

    sentry_dsn: str = ""
    metrics_token: str = ""

    @property
    def base_url(self) -> str:
        """Where people reach us, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def queue_url(self) -> str:
        """The Redis that jobs wait in."""
        return self.queue_redis_url or self.redis_url

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Networks whose `X-Forwarded-For` is believed."""
        return tuple(ip_network(text, strict=False) for text in self.trusted_proxies)


NAMES = {field.upper(): field for field in Settings.__struct_fields__ if field != "oidc"}
REDIS = re.compile(r"unix://.|rediss?://.|rediss?\+cluster://([^@/?]*@)?[^@/?,]+(,[^@/?,]+)*/?(\?|$)")
CLUSTER = re.compile(r"[a-z]+\+cluster:")
ORIGIN = re.compile(r"https?://[^/\s*]+")
LISTS = {"CORS_ORIGINS", "TRUSTED_PROXIES"}


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; raises BadSettings."""
    if unknown := sorted(n for n in environ if n.startswith("SINGR_") and n not in NAMES):
        raise BadSettings(f"unknown setting {unknown[0]}")
    given: dict[str, Any] = {
        field: _parts(environ[name]) if name in LISTS else environ[name]
        for name, field in NAMES.items()
        if environ.get(name, "") != ""
    }
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as exc:
        reason, _, path = str(exc).partition(" - at ")
        raise BadSettings(f"{path.strip('`$.').upper()}: {reason}") from exc
    _check(settings)
    try:
        return replace(settings, oidc=providers.read(environ, production=settings.singr_env == "production"))
    except BadProvider as exc:
        raise BadSettings(str(exc)) from exc


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _check(settings: Settings) -> None:
    try:
        _ = settings.proxies
    except ValueError as exc:
        raise BadSettings(f"TRUSTED_PROXIES: {exc}") from exc
    if not REDIS.match(settings.redis_url):
        raise BadSettings("REDIS_URL: redis://host:port/0 or, of a cluster, redis+cluster://host:port,host:port")
    if CLUSTER.match(settings.queue_url):
        raise BadSettings("QUEUE_REDIS_URL: jobs wait in a single Redis, not in a cluster")
    if any(not ORIGIN.fullmatch(origin) for origin in settings.cors_origins):
        raise BadSettings("CORS_ORIGINS: each is scheme://host[:port], none is *: they get to send credentials")
    if settings.public_url and not re.match(r"https?://[^/\s]", settings.public_url):
        raise BadSettings("PUBLIC_URL: starts with http:// or https://")
    if settings.singr_env != "production":
        return
    if settings.auth_secret == DEVELOPMENT_SECRET or len(settings.auth_secret) < 32:
        raise BadSettings("AUTH_SECRET: production needs one of at least 32 characters")
    if not settings.jwt_private_keys:
        raise BadSettings("JWT_PRIVATE_KEYS: production needs its own signing keys (PEM)")
    if not settings.public_url:
        raise BadSettings("PUBLIC_URL: production needs the address people reach us at")
