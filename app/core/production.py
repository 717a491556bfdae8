"""What the production profile insists on. A process that would talk in the clear, or with a password that everybody knows, does not start."""

import sys
from urllib.parse import unquote, urlsplit

from app.core.settings import Settings

_DEFAULTS = {
    "", "admin", "changeme", "change-me", "datakura", "default", "guest", "minio", "minioadmin", "password", "postgres", "redis",
    "root", "secret", "test",
}  # fmt: skip
_SHORTEST = 12


def problems(settings: Settings) -> list[str]:
    """A sentence for each setting with which this must not run in production; none outside of that profile."""
    if settings.profile != "production":
        return []
    return [*_engines(settings), *_storage(settings), *_others(settings), *_web(settings)]


def refuse_unless_ready(settings: Settings) -> None:
    """Ends the process with those sentences when there are any."""
    found = problems(settings)
    if found:
        print(
            "\n".join([*found, "DATAKURA_PROFILE=production refuses to start like this; see docs/configuration.md."]),
            file=sys.stderr,
        )
        sys.exit(78)  # EX_CONFIG


def _engines(settings: Settings) -> list[str]:
    found = []
    database = settings.database_url.get_secret_value()
    if not database:
        found.append("DATAKURA_DATABASE_URL is not set.")
    else:
        if not settings.database_tls:
            found.append("DATAKURA_DATABASE_TLS is off: the database would be talked to in the clear.")
        if _is_weak(_password(database)):
            found.append("DATAKURA_DATABASE_URL holds no password, or one that is too short or well known.")
    redis = settings.redis_url.get_secret_value()
    if not redis:
        found.append("DATAKURA_REDIS_URL is not set.")
    else:
        if not redis.startswith("rediss://"):
            found.append("DATAKURA_REDIS_URL has to begin with rediss://: Redis would be talked to in the clear.")
        if _is_weak(_password(redis)):
            found.append("DATAKURA_REDIS_URL holds no password, or one that is too short or well known.")
    search = settings.elasticsearch_url.get_secret_value()
    if search and not search.startswith("https://"):
        found.append("DATAKURA_ELASTICSEARCH_URL has to begin with https://.")
    return found


def _storage(settings: Settings) -> list[str]:
    found = []
    for name, url in (("S3_ENDPOINT_URL", settings.s3_endpoint_url), ("S3_PUBLIC_ENDPOINT_URL", settings.s3_public_endpoint_url)):
        if url and not url.startswith("https://"):
            found.append(f"DATAKURA_{name} has to begin with https://.")
    key, secret = settings.s3_access_key, settings.s3_secret_key.get_secret_value()
    # Without any, the machine's own role signs, which is better than both.
    if (key or secret) and (not key or key.lower() in _DEFAULTS or _is_weak(secret)):
        found.append("DATAKURA_S3_ACCESS_KEY and DATAKURA_S3_SECRET_KEY are incomplete, too short or well known.")
    if not settings.s3_encryption:
        found.append("DATAKURA_S3_ENCRYPTION is off: objects would be stored in the clear.")
    return found


def _others(settings: Settings) -> list[str]:
    """The mail server and the provider of OpenID Connect, where there are any."""
    found = []
    mail = settings.mail_url.get_secret_value()
    # smtp:// is as good: the mailer begins TLS by STARTTLS, or sends nothing; only to this machine itself it may do without.
    if mail and not mail.startswith(("smtps://", "smtp://")):
        found.append("DATAKURA_MAIL_URL has to begin with smtps://, or with smtp:// for STARTTLS.")
    if settings.oidc_issuer:
        if not settings.oidc_issuer.startswith("https://"):
            found.append("DATAKURA_OIDC_ISSUER has to begin with https://: who controls the way there could sign in as anybody.")
        if not settings.oidc_client_id:
            found.append("DATAKURA_OIDC_CLIENT_ID is not set, and without it the provider knows nobody who asks.")
    return found


def _web(settings: Settings) -> list[str]:
    found = []
    if not settings.secret_keys.get_secret_value():
        found.append("DATAKURA_SECRET_KEYS is not set: make a key with `datakura keys generate`.")
    if not (settings.public_url or "").startswith("https://"):
        found.append(
            "DATAKURA_PUBLIC_URL has to be set and begin with https://: it names the host that requests are accepted for."
        )
    if not settings.cookie_secure:
        found.append("DATAKURA_COOKIE_SECURE is off: the session's cookie would travel in the clear.")
    found += [
        f"DATAKURA_ALLOWED_ORIGINS holds {origin}, which is not one https origin."
        for origin in settings.allowed_origins
        if not origin.startswith("https://") or "*" in origin
    ]
    password = settings.admin_password.get_secret_value() if settings.admin_password else None
    if password is not None and _is_weak(password):
        found.append("DATAKURA_ADMIN_PASSWORD is too short or well known.")
    return found


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""


def _is_weak(password: str) -> bool:
    return password.lower() in _DEFAULTS or len(password) < _SHORTEST
