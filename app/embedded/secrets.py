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
    secret_keys: str
    """Seals the secrets in the database: signing keys, seeds of second factors. The first of them seals, all open."""


_LATER = ("secret_keys",)
"""Not in the files of the first release: made when it is missing, for nothing was sealed with it yet."""


def new_secret_key() -> str:
    """A key as DATAKURA_SECRET_KEYS takes it. Written out here: importing the ciphers would triple the supervisor's memory."""
    return f"{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


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
            secret_keys=new_secret_key(),
        )
        write_private(file, json.dumps(asdict(made), indent=2))
        return made
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        os.chmod(file, 0o600)
    if any(name not in found for name in _LATER):
        found |= {"secret_keys": new_secret_key()}
        write_private(file, json.dumps(found, indent=2))
    values = {field.name: found.get(field.name) for field in fields(Secrets)}
    texts = {name: value for name, value in values.items() if isinstance(value, str) and value}
    missing = sorted(values.keys() - texts.keys())
    if missing:
        raise StartError(f"{file} lacks {', '.join(missing)}. Restore it from a backup: the data cannot be read without it.")
    return Secrets(**texts)
