"""Settings: read once, checked once, and a mistake is told in one line without anybody's secret."""

from __future__ import annotations

from ipaddress import ip_network

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from singr.core.providers import Provider
from singr.core.settings import DEVELOPMENT_SECRET, NAMES, BadSettings, Settings, read
from singr.identity import keys

SECRET = "hunter2-hunter2-hunter2-hunter2-hunter2"
PRODUCTION = {
    "SINGR_ENV": "production",
    "AUTH_SECRET": SECRET,
    "JWT_PRIVATE_KEYS": "-----BEGIN PRIVATE KEY-----",
    "PUBLIC_URL": "https://singr.example",
}


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(BadSettings) as caught:
        read(environ)
    return str(caught.value)


def test_an_empty_environment_is_one_for_developers() -> None:
    settings = read({})
    assert settings == Settings()
    assert (settings.singr_env, settings.auth_secret) == ("development", DEVELOPMENT_SECRET)


def test_an_empty_value_is_none_at_all() -> None:
    assert read({"PORT": "", "LOG_LEVEL": "", "CORS_ORIGINS": ""}) == Settings()


def test_values_have_the_type_of_their_setting() -> None:
    settings = read(
        {
            "PORT": "9000",
            "RUN_WORKERS": "false",
            "RUN_API": "1",
            "CORS_ORIGINS": "https://a.example, https://b.example:8443,",
            "TRUSTED_PROXIES": "10.0.0.0/8,2001:db8::1",
        }
    )
    assert (settings.port, settings.run_workers, settings.run_api) == (9000, False, True)
    assert settings.cors_origins == ("https://a.example", "https://b.example:8443")
    assert settings.proxies == (ip_network("10.0.0.0/8"), ip_network("2001:db8::1"))


def test_settings_do_not_change() -> None:
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc]


def test_a_misspelt_name_of_ours_is_told_and_others_are_not_ours() -> None:
    assert refused({"SINGR_ENVIRONMENT": "production"}) == "unknown setting SINGR_ENVIRONMENT"
    assert read({"PATH": "/bin", "SINGER": "x"}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("LOG_LEVEL", "loud"),
        ("SINGR_ENV", "prod"),
        ("RUN_API", "perhaps"),
        ("ACCESS_TOKEN_TTL_S", "0"),
        ("REFRESH_TOKEN_TTL_S", "7d"),
        ("DATABASE_POOL_SIZE", "1"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://*.example"),
        ("CORS_ORIGINS", "https://a.example/"),
        ("CORS_ORIGINS", "a.example"),
        ("PUBLIC_URL", "singr.example"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis+cluster://"),
        ("REDIS_URL", "redis+cluster://one:6379,,two:6379"),
        ("REDIS_URL", "redis+cluster://one:6379/1"),
        ("QUEUE_REDIS_URL", "redis+cluster://one:6379"),
    ],
)
def test_a_value_that_does_not_fit_names_its_variable(name: str, value: str) -> None:
    assert refused({name: value}).startswith(f"{name}: ")


def test_production_starts_with_secrets_of_its_own() -> None:
    assert read(PRODUCTION).singr_env == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH_SECRET", ""),
        ("AUTH_SECRET", DEVELOPMENT_SECRET),
        ("AUTH_SECRET", "short-hunter2"),
        ("JWT_PRIVATE_KEYS", ""),
        ("PUBLIC_URL", ""),
    ],
)
def test_production_refuses_to_start_with_development_secrets(name: str, value: str) -> None:
    told = refused({**PRODUCTION, name: value})
    assert told.startswith(f"{name}: ")
    assert "hunter2" not in told
    assert DEVELOPMENT_SECRET not in told


@pytest.mark.parametrize("name", [n for n, f in NAMES.items() if "secret" in f or "key" in f or "token" in f])
def test_no_message_repeats_a_secret(name: str) -> None:
    told = refused({**PRODUCTION, name: SECRET, "PORT": "eighty"})
    assert SECRET not in told


def test_a_cluster_needs_a_single_redis_beside_it_where_jobs_wait() -> None:
    cluster = {"REDIS_URL": "redis+cluster://:hunter2@one:6379,two:6379"}
    assert refused(cluster).startswith("QUEUE_REDIS_URL: ")
    settings = read({**cluster, "QUEUE_REDIS_URL": "redis://three:6379/0"})
    assert (settings.redis_url, settings.queue_url) == (cluster["REDIS_URL"], "redis://three:6379/0")
    assert read({"REDIS_URL": "redis://one:6379/3"}).queue_url == "redis://one:6379/3"


def test_the_address_people_reach_us_at_has_no_slash_at_its_end() -> None:
    assert read({"PUBLIC_URL": "https://singr.example/"}).base_url == "https://singr.example"
    assert read({"PORT": "9000"}).base_url == "http://localhost:9000"


def test_every_setting_is_named_after_its_variable() -> None:
    assert {field.name for field in msgspec.structs.fields(Settings)} == {name.lower() for name in NAMES} | {"oidc"}


KEY = keys.generate()
RSA_KEY = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
APPLE = {
    "OIDC_APPLE_CLIENT_ID": "com.example",
    "OIDC_APPLE_TEAM_ID": "T",
    "OIDC_APPLE_KEY_ID": "K",
    "OIDC_APPLE_PRIVATE_KEY": KEY.replace("\n", "\\n"),
}
CLUB = {
    "OIDC_MY_CLUB_ISSUER": "https://login.example",
    "OIDC_MY_CLUB_CLIENT_ID": "x",
    "OIDC_MY_CLUB_CLIENT_SECRET": SECRET,
}
PLAIN_CLUB = CLUB | {"OIDC_MY_CLUB_ISSUER": "http://login.example"}


def test_providers_are_known_by_what_is_set_for_them() -> None:
    apple, google, club = read(APPLE | {"OIDC_GOOGLE_CLIENT_ID": "g"} | CLUB).oidc
    assert (apple.issuer, apple.label, apple.private_key) == ("https://appleid.apple.com", "Apple", KEY)
    assert google == Provider(name="google", issuer="https://accounts.google.com", client_id="g", label="Google")
    assert (club.name, club.label, club.client_secret) == ("my-club", "My Club", SECRET)
    assert read(PLAIN_CLUB).oidc


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"OIDC_GOOGLE_CLIENTID": "g"}, "unknown setting OIDC_GOOGLE_CLIENTID"),
        ({"OIDC_GOOGLE_CLIENT_SECRET": SECRET}, "OIDC_GOOGLE_CLIENT_ID: is needed"),
        ({"OIDC_CLUB_CLIENT_ID": "x"}, "OIDC_CLUB_ISSUER: is needed"),
        (APPLE | {"OIDC_APPLE_TEAM_ID": ""}, "OIDC_APPLE_TEAM_ID: is needed"),
        (APPLE | {"OIDC_APPLE_PRIVATE_KEY": SECRET}, "OIDC_APPLE_PRIVATE_KEY: the key cannot be read"),
        (
            APPLE | {"OIDC_APPLE_PRIVATE_KEY": RSA_KEY.decode()},
            "OIDC_APPLE_PRIVATE_KEY: ES256 needs a key on the curve P-256",
        ),
        (CLUB | {"OIDC_MY_CLUB_ISSUER": "login.example"}, "OIDC_MY_CLUB_ISSUER: starts with https://"),
        (PRODUCTION | PLAIN_CLUB, "OIDC_MY_CLUB_ISSUER: starts with https://"),
    ],
)
def test_a_provider_that_cannot_be_used_is_told_without_its_secrets(environ: dict[str, str], told: str) -> None:
    assert refused(environ) == told
