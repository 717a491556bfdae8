"""Small files of the data folder: written whole or not at all, readable by their owner only."""

import json
import os
from pathlib import Path

from app.embedded.errors import StartError


def write_private(path: Path, text: str) -> None:
    """`path` holds exactly `text`, mode 0600, also after a crash at any moment."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def read_object(path: Path) -> dict[str, object]:
    """The JSON object in `path`, {} when there is no such file.

    Raises:
        StartError: the file holds something else.
    """
    try:
        found: object = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        raise StartError(f"Cannot read {path}: {error}. Restore it from a backup of the data folder.") from error
    if not isinstance(found, dict):
        raise StartError(f"{path} does not hold a JSON object. Restore it from a backup of the data folder.")
    return found
