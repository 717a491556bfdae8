"""The production profile: it refuses to start with what only a laptop may have."""

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from app.core.production import problems
from app.core.settings import Settings

STRONG = "Vn3-strong-enough-7Q"
READY = {
    "profile": "production",
    "database_url": f"postgresql+asyncpg://app:{STRONG}@db.example.com/datakura",
    "database_tls": True,
    "redis_url": f"rediss://:{STRONG}@redis.example.com/0",
    "s3_endpoint_url": "https://s3.example.com",
    "s3_public_endpoint_url": "https://files.example.com",
    "s3_access_key": "AKIAEXAMPLE",
    "s3_secret_key": STRONG,
    "elasticsearch_url": "https://search.example.com",
    "secret_keys": "a key",
    "public_url": "https://data.example.com",
    "allowed_origins": ("https://app.example.com",),
}


def said(**given: object) -> list[str]:
    return problems(Settings(**{**READY, **given}))  # type: ignore[arg-type]


def test_a_system_that_is_set_up_for_production_starts() -> None:
    assert said() == []
    assert said(mail_url="smtp://u:p@mail.example.com", oidc_issuer="https://id.example.com", oidc_client_id="datakura") == []
    # The machine's own role signs for the store of the cloud.
    assert said(s3_endpoint_url="", s3_public_endpoint_url="", s3_access_key="", s3_secret_key="") == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"database_url": ""}, "DATAKURA_DATABASE_URL is not set."),
        ({"database_tls": False}, "DATAKURA_DATABASE_TLS is off: the database would be talked to in the clear."),
        ({"database_url": "postgresql+asyncpg://app@db.example.com/d"}, "DATAKURA_DATABASE_URL holds no password, or one that is too short or well known."),
        ({"database_url": "postgresql+asyncpg://app:postgres@db.example.com/d"}, "DATAKURA_DATABASE_URL holds no password, or one that is too short or well known."),
        ({"redis_url": ""}, "DATAKURA_REDIS_URL is not set."),
        ({"redis_url": f"redis://:{STRONG}@redis.example.com/0"}, "DATAKURA_REDIS_URL has to begin with rediss://: Redis would be talked to in the clear."),
        ({"redis_url": "rediss://redis.example.com/0"}, "DATAKURA_REDIS_URL holds no password, or one that is too short or well known."),
        ({"elasticsearch_url": "http://search.example.com"}, "DATAKURA_ELASTICSEARCH_URL has to begin with https://."),
        ({"s3_endpoint_url": "http://s3.example.com"}, "DATAKURA_S3_ENDPOINT_URL has to begin with https://."),
        ({"s3_public_endpoint_url": "http://files.example.com"}, "DATAKURA_S3_PUBLIC_ENDPOINT_URL has to begin with https://."),
        ({"s3_access_key": "minioadmin"}, "DATAKURA_S3_ACCESS_KEY and DATAKURA_S3_SECRET_KEY are incomplete, too short or well known."),
        ({"s3_secret_key": "minioadmin"}, "DATAKURA_S3_ACCESS_KEY and DATAKURA_S3_SECRET_KEY are incomplete, too short or well known."),
        ({"s3_encryption": ""}, "DATAKURA_S3_ENCRYPTION is off: objects would be stored in the clear."),
        ({"mail_url": "http://mail.example.com"}, "DATAKURA_MAIL_URL has to begin with smtps://, or with smtp:// for STARTTLS."),
        ({"oidc_issuer": "http://127.0.0.1:9000", "oidc_client_id": "x"}, "DATAKURA_OIDC_ISSUER has to begin with https://: who controls the way there could sign in as anybody."),
        ({"oidc_issuer": "https://id.example.com"}, "DATAKURA_OIDC_CLIENT_ID is not set, and without it the provider knows nobody who asks."),
        ({"public_url": None}, "DATAKURA_PUBLIC_URL has to be set and begin with https://: it names the host that requests are accepted for."),
        ({"public_url": "http://data.example.com"}, "DATAKURA_PUBLIC_URL has to be set and begin with https://: it names the host that requests are accepted for."),
        ({"cookie_secure": False}, "DATAKURA_COOKIE_SECURE is off: the session's cookie would travel in the clear."),
        ({"allowed_origins": ("http://app.example.com",)}, "DATAKURA_ALLOWED_ORIGINS holds http://app.example.com, which is not one https origin."),
        ({"allowed_origins": ("https://*.example.com",)}, "DATAKURA_ALLOWED_ORIGINS holds https://*.example.com, which is not one https origin."),
        ({"secret_keys": ""}, "DATAKURA_SECRET_KEYS is not set: make a key with `datakura keys generate`."),
        ({"admin_password": "changeme"}, "DATAKURA_ADMIN_PASSWORD is too short or well known."),
    ],
)  # fmt: skip
def test_each_thing_that_must_not_be_is_said_in_a_sentence(given: dict[str, object], sentence: str) -> None:
    assert said(**given) == [sentence]
    assert problems(Settings(**{**READY, **given, "profile": "embedded"})) == []  # type: ignore[arg-type]


def test_what_is_for_developers_is_off_unless_somebody_turns_it_on() -> None:
    ready = Settings(**READY)  # type: ignore[arg-type]
    assert (ready.graphiql, ready.introspection, ready.demo, ready.cookie_secure) == (False, False, False, True)
    asked = Settings(**{**READY, "introspection": True})  # type: ignore[arg-type]
    assert (asked.introspection, asked.graphiql) == (True, False)
    embedded = Settings()
    assert (embedded.graphiql, embedded.introspection, embedded.demo, embedded.cookie_secure) == (True, True, True, False)


@pytest.mark.parametrize("module", ["app.main", "app.worker", "app.dispatcher", "app.prepare"])
def test_every_process_refuses_to_start(module: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATAKURA_")}
    environment |= {
        f"DATAKURA_{name.upper()}": str(value)
        for name, value in READY.items()
        if name not in ("allowed_origins", "database_tls") and value is not True
    }
    environment["DATAKURA_REDIS_URL"] = f"redis://:{STRONG}@redis.example.com/0"
    done = subprocess.run(
        [sys.executable, "-m", module], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 78
    assert done.stderr.splitlines() == [
        "DATAKURA_DATABASE_TLS is off: the database would be talked to in the clear.",
        "DATAKURA_REDIS_URL has to begin with rediss://: Redis would be talked to in the clear.",
        "DATAKURA_PROFILE=production refuses to start like this; see docs/configuration.md.",
    ]
    assert STRONG not in done.stderr + done.stdout


@pytest.mark.parametrize("given", [{"trusted_proxies": ("everybody",)}, {"monitoring_networks": ("10.0.0.1/8",)}])
def test_a_network_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="is no network"):
        Settings(**given)  # type: ignore[arg-type]
