"""Signing keys: ES256, the first of JWT_PRIVATE_KEYS signs, all of them verify, their public halves are the JWKS."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from singr.core.settings import BadSettings, Settings

PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", re.S)
# The order of P-256 (SEC 2, section 2.4.2): private keys are 1 … order-1.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class SigningKeys:
    """`kid` names the signing key (RFC 7638 thumbprint); `public` maps every kid to its verifying key."""

    def __init__(self, private: list[ec.EllipticCurvePrivateKey]) -> None:
        self.jwks = {"keys": [_jwk(key.public_key()) for key in private]}
        self.public = {jwk["kid"]: key.public_key() for jwk, key in zip(self.jwks["keys"], private, strict=True)}
        self.kid: str = self.jwks["keys"][0]["kid"]
        self.private = private[0]

    @classmethod
    @lru_cache(4)
    def of(cls, settings: Settings) -> SigningKeys:
        """Keys from JWT_PRIVATE_KEYS; without it (never in production) one derived from AUTH_SECRET, so that
        processes with the same secret agree. Raises BadSettings."""
        texts = PEM.findall(settings.jwt_private_keys.replace("\\n", "\n"))
        if settings.jwt_private_keys and not texts:
            raise BadSettings("JWT_PRIVATE_KEYS: no PEM private key in it")
        return cls([_read(text) for text in texts] or [_derived(settings.auth_secret)])


def generate() -> str:
    """A new private key as PEM (PKCS 8)."""
    key = ec.generate_private_key(ec.SECP256R1())
    pkcs8 = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption()).decode()


def _read(pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except ValueError as exc:
        raise BadSettings("JWT_PRIVATE_KEYS: a key cannot be read") from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadSettings("JWT_PRIVATE_KEYS: ES256 needs keys on the curve P-256")
    return key


def _derived(auth_secret: str) -> ec.EllipticCurvePrivateKey:
    seed = int.from_bytes(hashlib.sha512(b"jwt:" + auth_secret.encode()).digest())
    return ec.derive_private_key(seed % (P256_ORDER - 1) + 1, ec.SECP256R1())


def _jwk(public: ec.EllipticCurvePublicKey) -> dict[str, Any]:
    jwk = json.loads(ECAlgorithm.to_jwk(public))
    required = json.dumps({k: jwk[k] for k in ("crv", "kty", "x", "y")}, separators=(",", ":"), sort_keys=True)
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(required.encode()).digest()).rstrip(b"=").decode()
    return {**jwk, "kid": thumbprint, "use": "sig", "alg": "ES256"}
