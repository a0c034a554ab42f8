"""What a provider may publish, beyond what the sign-ins show (`tests/identity/test_oidc_lies.py`)."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector, web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from singr.core.providers import Provider
from singr.core.settings import Settings
from singr.identity.keys import SigningKeys, generate
from singr.infra.oidc import ProviderAway, Relation, Sought
from singr.up.ports import free_port

SOUGHT = Sought(redirect_uri="https://x.example", state="s", nonce="n", verifier="v")


@pytest.fixture
def certified(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that only its maker trusts."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    both = tmp_path / "both.pem"
    both.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + unsigned.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


@pytest.fixture
async def secure(certified: ssl.SSLContext) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """An issuer behind https, and what it says of itself."""
    port = free_port()
    issuer = f"https://127.0.0.1:{port}"
    described = {"issuer": issuer} | {
        name: f"{issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    keys = SigningKeys.of(Settings(jwt_private_keys=generate())).jwks
    app = web.Application()

    async def describe(_request: web.Request) -> web.Response:
        return web.json_response(described)

    async def publish(_request: web.Request) -> web.Response:
        return web.json_response(keys)

    app.router.add_get("/.well-known/openid-configuration", describe)
    app.router.add_get("/jwks_uri", publish)
    server = TestServer(app, port=port, scheme="https")
    await server.start_server(ssl=certified)
    yield issuer, described
    await server.close()


async def test_a_provider_behind_https_is_not_left_for_plain_http(secure: tuple[str, dict[str, str]]) -> None:
    issuer, described = secure
    provider = Provider(name="x", label="X", issuer=issuer, client_id="c")
    async with ClientSession(connector=TCPConnector(ssl=False)) as trusting:
        assert (await Relation(provider, trusting).address(SOUGHT)).startswith(f"{issuer}/authorization_endpoint?")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            right = described[name]
            described[name] = right.replace("https:", "http:")
            with pytest.raises(ProviderAway):
                await Relation(provider, trusting).address(SOUGHT)
            described[name] = right


async def test_a_certificate_that_nobody_vouches_for_is_not_taken(secure: tuple[str, dict[str, str]]) -> None:
    provider = Provider(name="x", label="X", issuer=secure[0], client_id="c")
    async with ClientSession() as suspicious:
        with pytest.raises(ProviderAway):
            await Relation(provider, suspicious).address(SOUGHT)
