"""Who else may say who somebody is: OpenID Connect providers, from `OIDC_<NAME>_*` in the environment.

NAME is the provider's word in our addresses (`/v1/auth/oauth/google/start`), in capitals and with `_` for `-`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

APPLE = "apple"
ISSUERS = {"google": "https://accounts.google.com", APPLE: "https://appleid.apple.com"}


class BadProvider(Exception):
    """A provider cannot be used; the message names the variable, never a secret's value."""


class Provider(Struct, frozen=True, kw_only=True):
    """One provider, by whose `issuer` its tokens are recognised. A client without a secret is a public one.

    Apple takes for a secret what we sign ourselves: `private_key` (PEM, P-256) the key `key_id` of the team `team_id`.
    """

    name: str
    issuer: str
    client_id: str
    label: str
    client_secret: str = ""
    team_id: str = ""
    key_id: str = ""
    private_key: str = ""

    @property
    def answers_by_form(self) -> bool:
        """Whether it sends people back with a form of its own: Apple does so when asked for a name or an address."""
        return self.name == APPLE


FIELDS = tuple(field for field in Provider.__struct_fields__ if field != "name")
VARIABLE = re.compile(rf"OIDC_([A-Z0-9]+(?:_[A-Z0-9]+)*)_({'|'.join(FIELDS).upper()})")
PLAIN_HTTP = "http://"


def read(environ: Mapping[str, str], *, production: bool) -> tuple[Provider, ...]:
    """The providers, in the order of their names; raises BadProvider."""
    given: dict[str, dict[str, str]] = {}
    for variable in sorted(environ):
        if not variable.startswith("OIDC_") or not environ[variable]:
            continue
        if not (parts := VARIABLE.fullmatch(variable)):
            raise BadProvider(f"unknown setting {variable}")
        given.setdefault(parts[1], {})[parts[2].lower()] = environ[variable]
    return tuple(_provider(name, fields, production) for name, fields in given.items())


def _provider(variable: str, given: dict[str, str], production: bool) -> Provider:
    name = variable.lower().replace("_", "-")
    needed = ["client_id", *([] if name in ISSUERS else ["issuer"])]
    if name == APPLE:
        needed += ["team_id", "key_id", "private_key"]
    if lacking := [field for field in needed if field not in given]:
        raise BadProvider(f"OIDC_{variable}_{lacking[0].upper()}: is needed")
    more: dict[str, Any] = {"issuer": ISSUERS.get(name), "label": name.replace("-", " ").title()} | given
    if not more["issuer"].startswith("https://" if production else ("https://", PLAIN_HTTP)):
        raise BadProvider(f"OIDC_{variable}_ISSUER: starts with https://")
    if "private_key" in given:
        more["private_key"] = given["private_key"].replace("\\n", "\n")
        _check_key(f"OIDC_{variable}_PRIVATE_KEY", more["private_key"])
    return Provider(name=name, **more)


def _check_key(variable: str, pem: str) -> None:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except ValueError as exc:
        raise BadProvider(f"{variable}: the key cannot be read") from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadProvider(f"{variable}: ES256 needs a key on the curve P-256")
