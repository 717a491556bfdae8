"""Secrets of one data folder: made at the first start, kept in one file that only its owner can read."""

import base64
import json
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import read_object, write_private

# RFC 8410: an Ed25519 private key in PKCS #8 is this prefix and 32 random bytes. Written out, because importing
# `cryptography` would triple the memory of the supervisor.
_ED25519_PKCS8_PREFIX = bytes.fromhex("302e020100300506032b657004220420")


@dataclass(frozen=True, kw_only=True, repr=False)
class Secrets:
    """What the embedded engines and the API need to trust each other."""

    postgres_password: str
    redis_password: str
    s3_access_key: str
    s3_secret_key: str
    s3_encryption_key: str
    """Losing it loses the objects stored with server-side encryption."""
    s3_internal_key: str
    """Without it the object store's inner ports serve every object to any program of this machine."""
    jwt_private_key: str
    """Ed25519, PEM (PKCS #8)."""


def _ed25519_pem() -> str:
    body = base64.b64encode(_ED25519_PKCS8_PREFIX + secrets.token_bytes(32)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"


def load(file: Path, *, opens: Iterable[Path] = ()) -> Secrets:
    """The secrets in `file`, which is made when there is none.

    Args:
        opens: folders that nobody can open with other secrets; new secrets are made only while all of them are empty.
    Raises:
        StartError: the file is damaged or lost, or others may read it and that cannot be changed.
    """
    found = read_object(file)
    if not found:
        if locked := [folder for folder in opens if folder.is_dir() and any(folder.iterdir())]:
            raise StartError(
                f"{file} is missing, and without it the data in {locked[0]} cannot be opened. "
                "Restore it from a backup, or start with another data folder: DATAKURA_DATA_DIR=PATH"
            )
        made = Secrets(
            postgres_password=secrets.token_urlsafe(32),
            redis_password=secrets.token_urlsafe(32),
            s3_access_key=secrets.token_hex(10),
            s3_secret_key=secrets.token_urlsafe(32),
            s3_encryption_key=secrets.token_urlsafe(48),
            s3_internal_key=secrets.token_urlsafe(48),
            jwt_private_key=_ed25519_pem(),
        )
        write_private(file, json.dumps(asdict(made), indent=2))
        return made
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        os.chmod(file, 0o600)
    values = {field.name: found.get(field.name) for field in fields(Secrets)}
    texts = {name: value for name, value in values.items() if isinstance(value, str) and value}
    missing = sorted(values.keys() - texts.keys())
    if missing:
        raise StartError(f"{file} lacks {', '.join(missing)}. Restore it from a backup: the data cannot be read without it.")
    return Secrets(**texts)
