"""TLS to the databases and the object store: which certificates are believed. A name that does not match is never accepted."""

import ssl
from urllib.parse import quote

from app.core.settings import Settings


def database_context(settings: Settings) -> ssl.SSLContext | bool:
    """What asyncpg takes as `ssl`: with DATAKURA_DATABASE_TLS a checked certificate, or no connection; otherwise none."""
    if not settings.database_tls:
        return False
    return ssl.create_default_context(cafile=_ca_file(settings))


def redis_url(settings: Settings) -> str:
    """The address for `Redis.from_url`. By `rediss://` certificates and names are checked."""
    url, file = settings.redis_url.get_secret_value(), _ca_file(settings)
    if file is None or not url.startswith("rediss://"):
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_ca_certs={quote(file)}"


def storage_verify(settings: Settings) -> str | bool:
    """What botocore takes as `verify`."""
    return _ca_file(settings) or True


def _ca_file(settings: Settings) -> str | None:
    return None if settings.tls_ca_file is None else str(settings.tls_ca_file)
