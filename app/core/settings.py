"""All settings: one field each, read from `DATAKURA_*` variables, described in docs/configuration.md."""

import ipaddress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from limits import parse_many
from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIN_PASSWORD, MAX_PASSWORD = 8, 128


def _rate(text: str) -> str:
    """`text`, when it says how often: as `20/5minutes`."""
    try:
        rates = parse_many(text)
    except ValueError:
        rates = []
    if len(rates) != 1:
        raise ValueError(f"{text!r} is no rate; write one as 20/minute or 20/5minutes")
    return text


Rate = Annotated[str, AfterValidator(_rate)]


def _address(text: str) -> str:
    """`text`, when a mail could go there: one @ with something on both sides, no blanks."""
    name, at, host = text.strip().rpartition("@")
    if not (at and name and host) or "@" in name or any(map(str.isspace, name + host)) or len(text) > 320:
        raise ValueError(f"{text!r} is no e-mail address; write one as admin@example.com")
    return text.strip()


def _password(secret: SecretStr) -> SecretStr:
    """`secret`, when it is as long as a password has to be."""
    if not MIN_PASSWORD <= len(secret.get_secret_value()) <= MAX_PASSWORD:
        raise ValueError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    return secret


def _network(text: str) -> str:
    """`text`, when it is an address or a network."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is no network; write 10.0.0.0/8 or 192.0.2.1") from error


Network = Annotated[str, AfterValidator(_network)]
_PRODUCTION = {"graphiql": False, "introspection": False, "cookie_secure": True, "demo": False}
"""What is otherwise by default in the production profile."""


class Settings(BaseSettings):
    """Every process of the system is configured by these alone. A URL given for an engine means that it is not started."""

    model_config = SettingsConfigDict(env_prefix="DATAKURA_", extra="ignore", frozen=True)

    # Where and how
    profile: Literal["embedded", "production", "test"] = "embedded"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8400
    """0 picks a free port."""
    data_dir: Path = Path("data")
    public_url: str | None = None
    """Address that browsers use; http://HOST:PORT when not given."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_dir: Path | None = None
    """Folder of the rotating log files; None writes to standard output."""

    # First start
    admin_email: Annotated[str, AfterValidator(_address)] = "admin@example.com"
    admin_password: Annotated[SecretStr, AfterValidator(_password)] | None = None
    """None: a password is generated and printed once."""
    demo: bool = True

    # Engines
    database_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    s3_endpoint_url: str = ""
    s3_public_endpoint_url: str = ""
    """Address of the object store as clients reach it; the endpoint itself when empty."""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "datakura"
    s3_region: str = "us-east-1"
    elasticsearch_url: SecretStr = SecretStr("")

    tls_ca_file: Path | None = None
    """Certificates of the authority that signed those of the engines, PEM; the system's own when not given."""
    database_tls: bool = False
    """The database is talked to by TLS, its certificate and name are checked; otherwise not at all."""
    s3_encryption: Literal["", "AES256", "aws:kms"] = "AES256"
    """How the store encrypts objects; empty: as the bucket says."""
    s3_kms_key_id: str = ""

    # Database
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 8
    statement_timeout_seconds: Annotated[float, Field(gt=0)] = 5.0

    # Sessions
    secret_keys: SecretStr = SecretStr("")
    """ID:BASE64 of 32 bytes, separated by commas. The first seals the secrets in the database, all open them."""
    access_token_seconds: Annotated[int, Field(ge=60, le=3600)] = 600
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = 14
    cookie_secure: bool = False
    require_second_factor: Literal["none", "admins", "all"] = "none"
    """Whose accounts can do nothing before they have a second factor, people and API keys alike."""

    # Signing in elsewhere (OpenID Connect)
    oidc_issuer: str = ""
    """Address of the provider; empty: people sign in here only."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "OpenID"
    """What the button on the sign-in page says."""
    oidc_create_accounts: bool = False
    """Make an account with the role VIEWER for who comes from the provider and has none."""

    # Mail
    mail_url: SecretStr = SecretStr("")
    """smtps://USER:PASSWORD@HOST:PORT, or smtp:// with STARTTLS; empty: mails are written into DATA_DIR/mails."""
    mail_from: str = "Datakura <datakura@localhost>"

    # Notifications
    notification_networks: tuple[Network, ...] = ()
    """Webhooks go there although only we can reach it, outside of the production profile also by http://."""
    notification_timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 10.0
    """A webhook's target that has not answered by then has not answered."""

    # Uploads
    upload_expires_hours: Annotated[int, Field(ge=1, le=168)] = 24
    upload_part_size_bytes: Annotated[int, Field(ge=5 << 20, le=5 << 30)] = 16 << 20
    max_upload_bytes: Annotated[int, Field(ge=1)] = 5_000 << 30
    storage_quota_bytes: Annotated[int, Field(ge=0)] = 100 << 40
    """Of all uploads for the datasets of one owner; 0: no bound."""

    # Work
    worker_name: str = "auto"
    """Stable name of a worker; only one process at a time may use it. 'auto': host and process id."""
    worker_metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Prometheus metrics of the worker; 0: none."""
    dispatcher_metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Prometheus metrics of the dispatcher; 0: none."""
    scratch_dir: Path | None = None
    """Bounded scratch of the workers; DATA_DIR/scratch when not given."""
    scratch_max_bytes: Annotated[int, Field(ge=1 << 20)] = 50 << 30
    scratch_reserve_bytes: Annotated[int, Field(ge=0)] = 256 << 20
    """Of the scratch folder's disk; a job that would leave less waits."""
    heavy_slots: Annotated[int, Field(ge=1, le=64)] = 1
    """Children that one worker runs at the same time."""
    small_slots: Annotated[int, Field(ge=1, le=64)] = 1
    """The same for small files, which wait for no large one."""
    interactive_slots: Annotated[int, Field(ge=1, le=64)] = 4
    outbound_slots: Annotated[int, Field(ge=1, le=256)] = 16
    """Notifications that one worker sends at the same time; each waits for somebody's server."""
    child_memory_bytes: Annotated[int, Field(ge=256 << 20)] = 1 << 30
    child_threads: Annotated[int, Field(ge=1, le=64)] = 2
    child_timeout_seconds: Annotated[int, Field(ge=1)] = 3600
    lease_seconds: Annotated[float, Field(gt=0)] = 30.0
    """A worker that is silent for so long has lost its task."""
    queued_timeout_seconds: Annotated[float, Field(gt=0)] = 30.0
    """A wake-up that nobody followed for so long is sent again."""
    heal_seconds: Annotated[float, Field(gt=0)] = 5.0
    """How often the dispatcher looks for what a crash left behind."""
    max_rejected_fraction: Annotated[float, Field(ge=0, le=1)] = 0.1
    max_cell_bytes: Annotated[int, Field(ge=1 << 10)] = 16 << 20
    max_columns: Annotated[int, Field(ge=1)] = 10_000

    # API
    graphiql: bool = True
    introspection: bool = True
    allowed_origins: tuple[str, ...] = ()
    trusted_documents: tuple[Path, ...] = ()
    """Manifests of the only documents that are accepted from who has no API key; none: all documents are."""
    allowed_hosts: tuple[str, ...] = ()
    """Names beside that of `public_url` that requests are accepted for."""
    trusted_proxies: tuple[Network, ...] = ()
    """Whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    monitoring_networks: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    """Who may read /metrics, and what /readyz knows of the engines."""

    # Limits
    operation_timeout_seconds: Annotated[float, Field(gt=0)] = 10.0
    """Longer than `statement_timeout_seconds`: what is one slow statement is then said to be one."""
    socket_stall_seconds: Annotated[float, Field(gt=0)] = 20.0
    """A WebSocket whose client reads nothing for so long is closed."""
    sockets_per_account: Annotated[int, Field(ge=1)] = 100
    """Open at the same time to one api process."""
    sockets_per_address: Annotated[int, Field(ge=1)] = 1_000
    rate_limit_sign_in: Rate = "10/15minutes"
    """Proofs in vain for one account from one network; see `accounts.throttle` for all that follows from it."""
    rate_limit_upload: Rate = "3000/minute"
    """For one account; ten times as many from one address. So it is for the other rates."""
    rate_limit_quality_run: Rate = "600/minute"
    rate_limit_export: Rate = "600/minute"
    cost_per_minute: Annotated[int, Field(ge=10_000)] = 100_000
    """Cost of the operations of one account in a minute; one operation costs at most 10,000."""

    # Tests only
    crash_point: str = ""
    """Name of the crash point at which this process kills itself; refused outside the test profile."""

    @model_validator(mode="before")
    @classmethod
    def _of_profile(cls, given: dict[str, object]) -> dict[str, object]:
        return {**_PRODUCTION, **given} if given.get("profile") == "production" else given

    @property
    def url(self) -> str:
        """Address that a person opens."""
        return self.public_url or f"http://{self.host}:{self.port}"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
